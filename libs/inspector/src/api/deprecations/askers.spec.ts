import { DeprecatedRequests, Metrics } from 'guichet/observability';
import { Askers, MAX_ASKERS } from './askers.js';

const ROUTE = 'GET /pages/films/:id';

describe('who still asks', () => {
  const metrics = new Metrics();
  const ask = (route: string, client: string, version: string, times = 1): void => {
    const use = DeprecatedRequests.of(metrics).of(route);
    for (let n = 0; n < times; n++) use.count({ client, version, isKnown: true });
  };

  it('is told by program and version, the most frequent first', () => {
    ask(ROUTE, 'till', '1.0');
    ask(ROUTE, 'shop-app', '2.9', 2);
    ask(ROUTE, 'shop-app', '2.10', 5);
    ask(ROUTE, 'shop-app', '3.0');
    ask('GET /pages/home', 'shop-app', '2.9');
    expect(new Askers(metrics).of(ROUTE)).toEqual({
      requests: 9,
      clients: [
        { client: 'shop-app', version: '2.10', requests: 5 },
        { client: 'shop-app', version: '2.9', requests: 2 },
        { client: 'shop-app', version: '3.0', requests: 1 },
        { client: 'till', version: '1.0', requests: 1 },
      ],
      omitted: { clients: 0, requests: 0 },
    });
  });

  it('is nobody where nobody did, and null where nothing is counted', () => {
    expect(new Askers(metrics).of('GET /pages/other')).toMatchObject({ requests: 0, clients: [] });
    expect(new Askers(undefined).of(ROUTE)).toBeNull();
  });

  it('is bounded, and what is left out is counted', () => {
    const busy = 'GET /pages/busy';
    for (let n = 1; n <= MAX_ASKERS + 3; n++) ask(busy, `client-${n}`, '1.0', n);
    const { requests, clients, omitted } = new Askers(metrics).of(busy)!;
    expect(clients).toHaveLength(MAX_ASKERS);
    expect(clients[0]).toEqual({ client: `client-${MAX_ASKERS + 3}`, version: '1.0', requests: MAX_ASKERS + 3 });
    expect(omitted).toEqual({ clients: 3, requests: 1 + 2 + 3 });
    expect(requests).toBe(((MAX_ASKERS + 3) * (MAX_ASKERS + 4)) / 2);
  });

  it('holds back a name that is a token', () => {
    ask('GET /pages/leak', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.x', '1.0');
    expect(new Askers(metrics).of('GET /pages/leak')!.clients).toEqual([
      { client: '•••', version: '1.0', requests: 1 },
    ]);
  });
});
