import { randomFillSync } from 'node:crypto';

// Drawn in blocks: one draw of 4 KB costs little more than one of 16 bytes.
const pool = Buffer.allocUnsafe(4096);
let used = pool.length;

/** @returns random bytes as lower-case hex digits, two a byte, never all zeros: that is "invalid" to the W3C */
export function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const hex = pool.toString('hex', used, used + bytes);
  used += bytes;
  // It comes once in 2^64.
  return hex.startsWith('00000000') && Number.parseInt(hex, 16) === 0 ? randomHex(bytes) : hex;
}
