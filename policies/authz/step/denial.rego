# METADATA
# title: "How a step denies"
# description: "A denial is what the annotations of its rule say, so that words and rule cannot drift apart."
package authz.step

denial(rule) := {
	"code": rule.custom.reason_code,
	"rule_id": rule.custom.rule_id,
	"legal_basis": rule.custom.legal_basis,
}
