# No access
# The one outward shape of no access and no such file (domain.md §7.12).
package authz.step

# METADATA
# title: "Geen toegang"
# description: "Outward only: the true reason stands in the record."
# custom:
#   rule_id: R00.GEEN_TOEGANG
#   reason_code: GEEN_TOEGANG
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
geen_toegang := denial(rego.metadata.rule())
