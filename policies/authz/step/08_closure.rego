# Step 8: what closes the record itself
# Told in confidence, received under another pet, of an adult relative, sensitive, or over.
package authz.step

import data.authz.consent
import data.authz.facts
import data.authz.matrix
import data.authz.question

# METADATA
# title: "Onder een andere pet gehoord"
# description: "What was received under one pet is not used under another (R57)."
# custom:
#   rule_id: R08.RECEIVED_UNDER_OTHER_PET
#   reason_code: RECEIVED_UNDER_OTHER_PET
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
received_under_other_pet := denial(rego.metadata.rule()) if {
	received_under_a_pet
	not same_pet
}

# METADATA
# title: "In vertrouwen verteld"
# description: "What was told in confidence stays there, unless a law lets the professional speak (R49)."
# custom:
#   rule_id: R08.SECRECY
#   reason_code: SECRECY
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
secrecy := denial(rego.metadata.rule()) if {
	told_in_confidence
	not question.purpose.breaks_secrecy
}

# METADATA
# title: "Geen geheimhouding"
# description: "Content only for who is bound to secrecy (R48)."
# custom:
#   rule_id: R08.SECRECY_MISSING
#   reason_code: SECRECY_MISSING
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
secrecy_missing := denial(rego.metadata.rule()) if {
	question.level == "wat"
	not bound_to_secrecy
}

# METADATA
# title: "Volwassen gezinslid"
# description: "Adults in one family are judged apart (R68)."
# custom:
#   rule_id: R08.ADULT_FAMILY_MEMBER
#   reason_code: ADULT_FAMILY_MEMBER
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
adult_family_member(part) := denial(rego.metadata.rule()) if {
	facts.has_relation
	not question.is_log
	not with_the_client
	not own_ground(part)
}

# METADATA
# title: "Ook dat is gevoelig"
# description: "That someone is known here says too much, unless a cell opens it (R82)."
# custom:
#   rule_id: R08.DAT_GEVOELIG
#   reason_code: DAT_GEVOELIG
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
dat_gevoelig(part) := denial(rego.metadata.rule()) if {
	sensitive(part)
	not opened(part)
}

# METADATA
# title: "Niet meer actief"
# description: "This purpose looks at what runs now (R103)."
# custom:
#   rule_id: R08.NOT_ACTIVE
#   reason_code: NOT_ACTIVE
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
not_active(part) := denial(rego.metadata.rule()) if {
	question.purpose.active_only
	not runs_now
	not historical(part)
}

# The client, and who is no adult yet. Who a person is must be known: what nobody said, closes.
with_the_client if {
	data.relations.person[facts.person_relation].apart_when_adult == false
} else if {
	data.relations.person[facts.person_relation]
	not facts.adult
}

bound_to_secrecy if {
	data.secrecy_kinds[question.who.secrecy]
} else if {
	data.roles[question.role].resident
}

# A consent of that person, or a cell that rests on a law about relatives.
own_ground(part) if matrix.cells[part].covers_family

own_ground(part) if consented_in_person(part)

sensitive(part) if data.domains[part].dat_gevoelig

sensitive(part) if data.domains[question.parent(part)].dat_gevoelig

opened(part) if matrix.cells[part]

consented_in_person(part) if {
	question.action != "ask_question"
	count(consent.fields(part, question.level)) > 0
}

consented_in_person(part) if {
	question.action == "ask_question"
	consent.to_an_answer(part)
}

# What the application itself says of the file is no secret to it, so these close whether or not there is a relation.
received_under_a_pet if object.get(question.what, "received_under_pet", null) != null

same_pet if question.what.received_under_pet == question.pet

told_in_confidence if confidential(object.get(question.what, "in_confidence", null))

told_in_confidence if confidential(object.get(question.context, "in_confidence", null))

# Anything but a plain no counts as a yes: this closes.
confidential(value) if not value in {null, false}

# Only the word that it has ended closes; what is not said is taken to run.
runs_now if object.get(question.what, "active", true) == true

historical(part) if matrix.cells[part].historical
