# Step 11: the legal basis
# An express possibility on both sides (R37), or a local decision for the giving side. Consent never opens what is closed (R39).
package authz.step

import data.authz.consent
import data.authz.matrix
import data.authz.question

# METADATA
# title: "Toestemming is geen grond"
# description: "A consent is shown where no cell is open (R39)."
# custom:
#   rule_id: R11.CONSENT_CANNOT_CREATE_BASIS
#   reason_code: CONSENT_CANNOT_CREATE_BASIS
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
consent_cannot_create_basis(part) := denial(rego.metadata.rule()) if {
	consent.shown(part)
}

# METADATA
# title: "Geen wettelijke grond"
# description: "No legal basis on the giving side, the receiving side, or both (R37)."
# custom:
#   rule_id: R11.NO_LEGAL_BASIS
#   reason_code: NO_LEGAL_BASIS
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
no_legal_basis(_) := denial(rego.metadata.rule())

# Both of the above are said only where this is not so.
based(part) if {
	count(matrix.cells[part].in_basis) > 0
	giving_side(part)
	bases_in_time(part)
	action_fits(part)
	order_where_needed(part)
	held_by_college_where_needed(part)
	given_from_own_domain(part)
}

giving_side(part) if {
	count(matrix.cells[part].out_basis) > 0
} else if {
	question.text(matrix.cells[part].local_decision.dpia)
	question.text(matrix.cells[part].local_decision.fg_advice)
}

# A provision carries nothing before its first day or after its last, whatever is cited beside it.
bases_in_time(part) if {
	every basis in matrix.bases(part) {
		question.within(data.legal_bases[basis], "valid_from", "valid_until", question.date)
	}
}

# Who may see the file of another domain does not write in it (R18, R50).
action_fits(_) if question.action != "write"

action_fits(part) if {
	some domain in question.purpose.own_domains
	question.covers(domain, part)
}

# JW.7.3.11(4): within a measure of the court, shown by its reference.
order_where_needed(part) if not matrix.cells[part].conditions.order

order_where_needed(_) if question.text(question.context.order_ref)

# Wgs 8d speaks of data that the college obtained, not of those of a provider.
held_by_college_where_needed(part) if not matrix.cells[part].conditions.holder_college

held_by_college_where_needed(_) if object.get(question.what, "holder", null) == null

held_by_college_where_needed(_) if data.organisation_types[question.holder.type].college

given_from_own_domain(_) if not question.provides

given_from_own_domain(part) if {
	some domain in data.roles[question.role].domains
	question.overlap(domain, part)
}
