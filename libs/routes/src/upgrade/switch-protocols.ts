import type { Duplex } from 'node:stream';

/**
 * Answers an upgrade with 101.
 * @param own   the gateway's headers
 * @param list  the upstream's: names and values, alternating
 */
export function switchProtocols(socket: Duplex, own: Readonly<Record<string, unknown>>, list: readonly string[]): void {
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
  for (const [name, value] of Object.entries(own))
    for (const one of [value].flat()) lines.push(`${name}: ${String(one)}`);
  for (let i = 0; i < list.length; i += 2) lines.push(`${list[i]}: ${list[i + 1]}`);
  socket.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}
