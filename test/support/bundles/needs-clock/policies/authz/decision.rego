package authz

decision := {"decision": time.now_ns() > 0, "context": {"id": uuid.rfc4122("")}}
