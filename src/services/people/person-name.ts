/** How lists and mails name a person: by name, without one by e-mail, and without either as "Visitor". */
export function personName(person: {
  firstName: string | null
  lastName: string | null
  email: string | null
}): string {
  const name = [person.firstName, person.lastName].filter(Boolean).join(' ')
  return name || person.email || 'Visitor'
}
