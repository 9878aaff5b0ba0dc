# Step 5: role, pet and purpose fit
# One hat at a time, and the hat fits the purpose (R55).
package authz.step

import data.authz.facts
import data.authz.question

# METADATA
# title: "Andere pet nodig"
# description: "The declared pet does not fit the purpose."
# custom:
#   rule_id: R05.PET_PURPOSE_MISMATCH
#   reason_code: PET_PURPOSE_MISMATCH
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
pet_mismatch := denial(rego.metadata.rule()) if {
	question.purpose
	not pet_fits
}

# METADATA
# title: "Doel hoort niet bij deze rol"
# description: "The purpose belongs to no task of this role (R1), or not to this team (R64)."
# custom:
#   rule_id: R05.ROLE_PURPOSE_MISMATCH
#   reason_code: ROLE_PURPOSE_MISMATCH
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
role_mismatch := denial(rego.metadata.rule()) if {
	question.purpose
	not role_fits
}

# METADATA
# title: "Inwoner nog niet ingelicht"
# description: "The resident has not been told with which pet the professional works (R52, R55)."
# custom:
#   rule_id: R05.NOTICE_MISSING
#   reason_code: NOTICE_MISSING
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
notice_missing := denial(rego.metadata.rule()) if {
	kind := question.purpose.notice
	not noticed(kind)
}

pet_fits if {
	not as_giver
	question.pet in question.purpose.pets
} else if {
	as_giver
	question.pet in question.purpose.givers.pets
}

role_fits if {
	not as_giver
	question.role in question.purpose.roles
	team_fits
} else if {
	as_giver
	question.role in question.purpose.givers.roles
	question.receiver in question.purpose.roles
}

# Where others may give for a purpose, the giver fits by another list than the one who receives.
as_giver if {
	question.provides
	question.purpose.givers
}

team_fits if {
	not question.who.team_domain
} else if {
	count(question.purpose.own_domains) == 0
} else if {
	some domain in question.purpose.own_domains
	question.overlap(domain, question.who.team_domain)
}

noticed(_) if {
	at := question.text(question.context.pet_notice_at)
	at <= question.time
}

# The receipt of what a resident was told holds all of its parts (R52).
noticed(_) if {
	every part in data.notice_kinds.first_contact.parts {
		question.visible(question.context.notice_receipt[part])
	}
}

# INVARIANT: this step comes before the tie to the case, so it reads the notices themselves; what it says shows only to who has the tie.
noticed(kind) if {
	some row in facts.general("notices")
	row.kind == kind
}
