"""api-gateway: the one door. Sign-in, permissions and scope, audit, routing, composition and the live stream."""
