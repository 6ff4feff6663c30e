/**
 * A server that answers, and what to ask of it.
 * @typedef {object} Contestant
 * @property {string} name
 * @property {import('./server-process.mjs').ServerProcess} process
 * @property {import('./generator/load.mjs').Target} target
 */

const maxAttempts = 5;

/**
 * Measures servers in turns, every one once a round, in an order that changes. The warm-up also tells how many requests
 * fill a turn; it is not counted.
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
      samples.get(name).push(await wholeTurn({ name, process, target }, load, amounts.get(name), say));
    }
    say(`round ${round + 1} of ${options.rounds}`);
  }
  return samples;
}

/**
 * One measurement. A page that ran out of its budget, because the machine was busy elsewhere, would be a cheap page: a turn
 * with one such answer is done again, and too many end the bench.
 */
async function wholeTurn({ name, process, target }, load, amount, say) {
  for (let attempt = 1; ; attempt++) {
    const before = await process.cpuMicros();
    const { answered, wrong } = await load.run(target, { amount });
    const cpuMicros = (await process.cpuMicros()) - before;
    if (wrong === 0) return { answered, cpuMicros };
    const what = `${wrong} of ${amount} answers of ${name} were degraded or wrong: is the machine busy?`;
    if (attempt === maxAttempts) throw new Error(what);
    say(`again: ${what}`);
  }
}

/** Another begins each round, and every other round goes backwards, so that nobody always follows the same one. */
function turns(contestants, round) {
  const start = round % contestants.length;
  const rotated = [...contestants.slice(start), ...contestants.slice(0, start)];
  return round % 2 === 0 ? rotated : rotated.reverse();
}
