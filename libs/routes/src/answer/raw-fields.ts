/** @returns a header's name as it stands on the wire, in lower case */
export function fieldName(raw: Buffer): string {
  return raw.toString('latin1').toLowerCase();
}

/** @returns a header's value as it stands on the wire; bytes beyond ASCII one by one, as Node writes them */
export function fieldValue(raw: Buffer): string {
  return raw.toString('latin1');
}
