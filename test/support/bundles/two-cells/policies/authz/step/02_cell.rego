package authz.step

cell := data.authorisation_matrix.wmo.ONDERZOEK[input.subject.properties.role]

no_cell if not cell
