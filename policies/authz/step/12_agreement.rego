# Step 12: the agreement
# Between exactly these parties, in its period, in the meeting that it names.
package authz.step

import data.authz.agreement

# METADATA
# title: "Afspraak ontbreekt"
# description: "There is no agreement between these parties for this domain (R83, R88)."
# custom:
#   rule_id: R12.AGREEMENT_MISSING
#   reason_code: AGREEMENT_MISSING
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
agreement_missing(part) := denial(rego.metadata.rule()) if {
	count(agreement.fitting[part]) == 0
}

# METADATA
# title: "Afspraak verlopen"
# description: "The agreement is not in force today (R87)."
# custom:
#   rule_id: R12.AGREEMENT_EXPIRED
#   reason_code: AGREEMENT_EXPIRED
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
agreement_expired(part) := denial(rego.metadata.rule()) if {
	count(agreement.current[part]) == 0
}

# METADATA
# title: "Niet in het genoemde overleg"
# description: "The agreement hangs on a meeting with a name (R84)."
# custom:
#   rule_id: R12.NOT_IN_NAMED_MEETING
#   reason_code: NOT_IN_NAMED_MEETING
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
not_in_named_meeting(part) := denial(rego.metadata.rule()) if {
	count(agreement.met[part]) == 0
}
