/**
 * What one server did in one turn.
 * @typedef {object} Sample
 * @property {number} answered   requests
 * @property {number} cpuMicros  of the server process, user and system
 */

/**
 * How two servers compare.
 * @typedef {object} Comparison
 * @property {{ median: number, min: number, max: number }} ratio  requests per CPU second, first by second
 * @property {number} n  rounds
 */

/**
 * Compares two servers round by round, so that what the machine did in a round weighs on both.
 * @param {readonly Sample[]} subject  one sample a round
 * @param {readonly Sample[]} rival    of the same rounds
 * @returns {Comparison} rounded to three digits
 */
export function compare(subject, rival) {
  const ratios = subject
    .map((sample, round) => perCpuSecond(sample) / perCpuSecond(rival[round]))
    .sort((a, b) => a - b);
  const round3 = value => Math.round(value * 1_000) / 1_000;
  return {
    ratio: { median: round3(median(ratios)), min: round3(ratios[0]), max: round3(ratios.at(-1)) },
    n: ratios.length,
  };
}

/** @returns requests per CPU second of a sample */
export function perCpuSecond({ answered, cpuMicros }) {
  return answered / (cpuMicros / 1e6);
}

/** @param {readonly number[]} sorted  ascending, not empty */
export function median(sorted) {
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
