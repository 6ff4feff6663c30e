/** Why no map can be drawn: said to whoever asked, without a stack. */
export class MapError extends Error {
  override readonly name = 'MapError';
}
