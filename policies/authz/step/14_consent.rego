# Step 14: consent
# Where the cell asks for it, consent of the right person for exactly this.
package authz.step

import data.authz.consent

# METADATA
# title: "Toestemming ontbreekt"
# description: "There is no consent that counts (R27, R141)."
# custom:
#   rule_id: R14.CONSENT_MISSING
#   reason_code: CONSENT_MISSING
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
consent_missing(part) := denial(rego.metadata.rule()) if {
	consent.furthest(part) == consent.missing
}

# METADATA
# title: "Toestemming ingetrokken"
# description: "The consent was withdrawn."
# custom:
#   rule_id: R14.CONSENT_WITHDRAWN
#   reason_code: CONSENT_WITHDRAWN
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
consent_withdrawn(part) := denial(rego.metadata.rule()) if {
	consent.furthest(part) == consent.revoked
}

# METADATA
# title: "Toestemming verlopen"
# description: "The consent is outside its period."
# custom:
#   rule_id: R14.CONSENT_EXPIRED
#   reason_code: CONSENT_EXPIRED
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
consent_expired(part) := denial(rego.metadata.rule()) if {
	consent.furthest(part) == consent.out_of_period
}

# METADATA
# title: "Toestemming van een ander"
# description: "Another person consented than the one who may (domain.md §7.17)."
# custom:
#   rule_id: R14.CONSENT_WRONG_PERSON
#   reason_code: CONSENT_WRONG_PERSON
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
consent_wrong_person(part) := denial(rego.metadata.rule()) if {
	consent.furthest(part) == consent.wrong_person
}

# METADATA
# title: "Toestemming te ruim"
# description: "A blanket consent opens nothing (R39, R51)."
# custom:
#   rule_id: R14.CONSENT_NOT_SPECIFIC
#   reason_code: CONSENT_NOT_SPECIFIC
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
consent_not_specific(part) := denial(rego.metadata.rule()) if {
	consent.furthest(part) == consent.not_specific
}

# METADATA
# title: "Toestemming voor iets anders"
# description: "The consent is for another purpose, recipient or domain (R51)."
# custom:
#   rule_id: R14.CONSENT_SCOPE
#   reason_code: CONSENT_SCOPE
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
consent_scope(part) := denial(rego.metadata.rule()) if {
	consent.furthest(part) == consent.out_of_scope
}
