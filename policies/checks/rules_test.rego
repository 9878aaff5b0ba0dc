package checks_test

place := "policies/authz/a.rego:9"

metadata_found(says) := found({"modules": [module([says])]})

custom(key, value) := with_change(metadata, "custom", with_change(metadata.custom, key, value))

test_a_rule_without_metadata if {
	messages := {v.message | some v in violations_of({"modules": [module([])]}); v.check == "rule-metadata"}
	count(messages) == 7
	"denial has no title in its METADATA" in messages
	"denial has no custom.review_date in its METADATA" in messages
}

test_a_rule_gives_a_reason_that_does_not_exist if {
	metadata_found(custom("reason_code", "CONSNET_MISSING")) == {sprintf("rule-reason %s", [place]), "rule-reason #/reasons/CONSENT_MISSING"}
}

test_a_rule_cites_what_carries_nothing if {
	metadata_found(custom("legal_basis", ["PW.62"])) == {sprintf("no-basis %s", [place])}
}

test_a_rule_past_its_review_date_only_warns if {
	overdue := {"modules": [module([custom("review_date", "2026-09-14")])]}
	found(overdue) == {sprintf("review-date %s", [place])}
	severities(overdue) == {"warning"}
}

test_two_rules_with_one_id if {
	other := object.union(module([metadata]), {"file": "policies/authz/b.rego"})
	found({"modules": [module([metadata]), other]}) == {sprintf("rule-id %s", [place]), "rule-id policies/authz/b.rego:9"}
}

test_silence_is_not_health if "rule-metadata policies/authz" in found({"modules": []})
