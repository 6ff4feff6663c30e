/**
 * A server that answers, and what to ask of it.
 * @typedef {object} Contestant
 * @property {string} name
 * @property {import('./server-process.mjs').ServerProcess} process
 * @property {import('./generator/load.mjs').Target} target
 */

/**
 * Measures servers in turns, every one once a round, the order rotating, so that no one always has the machine as
 * another leaves it. The warm-up also tells how many requests fill a turn; it is not counted.
 * @param {readonly Contestant[]} contestants
 * @param {import('./generator/load.mjs').Load} load
 * @param {Pick<import('./options.mjs').Options, 'rounds' | 'turnMs' | 'warmUpMs' | 'connections'>} options
 * @param {(line: string) => void} say
 * @returns {Promise<Map<string, import('./ratio.mjs').Sample[]>>} samples by name, one a round
 */
export async function measure(contestants, load, options, say) {
  const amounts = new Map();
  for (const { name, target } of contestants) {
    const { answered, seconds } = await load.run(target, { durationMs: options.warmUpMs });
    const amount = Math.max(options.connections, Math.round((answered / seconds) * (options.turnMs / 1_000)));
    amounts.set(name, amount);
    say(`warm: ${name}, ${Math.round(answered / seconds)} pages/s`);
  }
  const samples = new Map(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < options.rounds; round++) {
    for (let turn = 0; turn < contestants.length; turn++) {
      const { name, process, target } = contestants[(round + turn) % contestants.length];
      const before = await process.cpuMicros();
      const { answered } = await load.run(target, { amount: amounts.get(name) });
      const cpuMicros = (await process.cpuMicros()) - before;
      samples.get(name).push({ answered, cpuMicros });
    }
    say(`round ${round + 1} of ${options.rounds}`);
  }
  return samples;
}
