/** The load generator: autocannon in a process of its own, so that its work never counts as a server's. */
import autocannon from 'autocannon';

process.on('message', async ({ id, url, paths, bodies, connections, isSpread, amount, durationMs }) => {
  const expected = new Set(bodies);
  const requests = paths.map(path => ({ method: 'GET', path }));
  let started = 0;
  const result = await autocannon({
    url,
    requests,
    connections,
    ...(isSpread && {
      setupClient: client => {
        const first = Math.floor((started++ * paths.length) / connections) % paths.length;
        client.setRequests([...requests.slice(first), ...requests.slice(0, first)]);
      },
    }),
    // Without an amount, by time; with one, the very number of requests, so that none is under way when CPU is read.
    ...(amount === undefined ? { duration: durationMs / 1000 } : { amount }),
    sampleInt: 100,
    verifyBody: body => expected.has(body),
  });
  process.send?.({
    id,
    answered: result['2xx'],
    wrong: result.mismatches + result.non2xx + result.errors + result.timeouts,
    seconds: result.duration,
  });
});
process.on('disconnect', () => process.exit(0));
