/** How a person is addressed in lists and mails: the name, else the e-mail, else "Visitor". */
export function personName(person: {
  firstName: string | null
  lastName: string | null
  email: string | null
}): string {
  const name = [person.firstName, person.lastName].filter(Boolean).join(' ')
  return name || person.email || 'Visitor'
}
