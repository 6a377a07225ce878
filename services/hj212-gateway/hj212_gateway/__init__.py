"""The HJ 212 gateway: TCP ingestion. It answers 9014 only when Kafka has the record."""
