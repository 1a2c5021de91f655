export const MEETING: string
export const SLOTS: string
export const MOVE: string
export const BOOK: string
export const CANCEL: string
