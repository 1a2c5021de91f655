// Makes elements of the page. Text never becomes markup.
import { language } from './dates.js'

export const element = (id) => document.getElementById(id)

/** @param properties of the element, and attributes with a hyphen in their names */
export function make(name, properties = {}, ...children) {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(properties)) {
    if (key.includes('-')) made.setAttribute(key, value)
    else made[key] = value
  }
  made.append(...children)
  return made
}

/** A date or a time, in the visitor's language. */
export const dated = (text) => make('span', { lang: language, dir: 'auto' }, text)
