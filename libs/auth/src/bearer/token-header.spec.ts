import { compact } from 'guichet/testing';
import { readTokenHeader } from './token-header.js';

describe('readTokenHeader', () => {
  const unsigned = (header: object) => compact(header, {}, () => 'AAAA');

  it('refuses PBES2 with a huge count in less than 5 ms', () => {
    const token = unsigned({ alg: 'PBES2-HS512+A256KW', p2c: 2_147_483_647, typ: 'at+jwt' });
    expect(() => readTokenHeader(token, ['RS256'], 8192)).toThrow('p2c');
    const before = process.cpuUsage();
    for (let n = 0; n < 10; n++) expect(() => readTokenHeader(token, ['RS256'], 8192)).toThrow('p2c');
    expect(process.cpuUsage(before).user / 1000 / 10).toBeLessThan(5);
  });

  it('reads no further than the cap', () => {
    expect(() => readTokenHeader('a'.repeat(100_000), ['RS256'], 8192)).toThrow('longer than 8192 bytes');
  });

  it('takes a kid of 256 characters and none longer', () => {
    const token = (length: number) => unsigned({ alg: 'RS256', typ: 'at+jwt', kid: 'k'.repeat(length) });
    expect(readTokenHeader(token(256), ['RS256'], 8192).kid).toHaveLength(256);
    expect(() => readTokenHeader(token(257), ['RS256'], 8192)).toThrow('kid');
  });
});
