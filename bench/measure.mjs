/**
 * A server that answers, and what to ask of it.
 * @typedef {object} Contestant
 * @property {string} name
 * @property {import('./server-process.mjs').ServerProcess} process
 * @property {import('./generator/load.mjs').Target} target
 */

/**
 * Measures servers in turns, every one once a round, in an order that changes. The warm-up also tells how many requests fill a turn; it is not counted.
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
    for (const { name, process, target } of turns(contestants, round)) {
      const before = await process.cpuMicros();
      const { answered } = await load.run(target, { amount: amounts.get(name) });
      const cpuMicros = (await process.cpuMicros()) - before;
      samples.get(name).push({ answered, cpuMicros });
    }
    say(`round ${round + 1} of ${options.rounds}`);
  }
  return samples;
}

/** Another begins each round, and every other round goes backwards, so that nobody always follows the same one. */
function turns(contestants, round) {
  const start = round % contestants.length;
  const rotated = [...contestants.slice(start), ...contestants.slice(0, start)];
  return round % 2 === 0 ? rotated : rotated.reverse();
}
