"""What the gateway itself answers instead of a service."""

from fastapi import Response
from park_chassis.http import problem

from api_gateway.domain.route_match import Match
from api_gateway.upstream import ServiceAway


def too_large(limit: int) -> Response:
    """Answer 413 to a body larger than the route takes, in bytes."""
    return problem(
        413, "body-too-large", f"请求内容超过 {limit} 字节", f"the body is larger than {limit} bytes", limit=limit
    )


def away_answer(away: ServiceAway) -> Response:
    """Answer for a service that is away: 503 with its name, 504 when it took too long."""
    if away.timed_out:
        return problem(
            504,
            "service-timeout",
            f"服务 {away.service} 响应超时",
            f"{away.service} did not answer in time",
            service=away.service,
        )
    response = problem(
        503,
        "service-unavailable",
        f"服务 {away.service} 暂时不可用",
        f"{away.service} is not available",
        service=away.service,
    )
    response.headers["Retry-After"] = "2"
    return response


def method_not_allowed(match: Match) -> Response:
    """Answer 405 with the methods the path takes."""
    response = problem(405, "method-not-allowed", "不支持的方法", f"this path takes {', '.join(match.allowed)}")
    response.headers["Allow"] = ", ".join(match.allowed)
    return response
