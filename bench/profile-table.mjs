/**
 * Sums a CPU profile's self time, by function and by the part of the program it belongs to.
 * @param {import('node:inspector').Profiler.Profile} profile
 * @param {string} root  the repository's folder, as a file URL ending in a slash
 * @param {number} [top]  how many functions
 * @returns {string} two tables, percent of the time that was not idle
 */
export function profileTable(profile, root, top = 40) {
  const byId = new Map(profile.nodes.map(node => [node.id, node]));
  const functions = new Map();
  const parts = new Map();
  let total = 0;
  profile.samples.forEach((id, index) => {
    const { functionName, url, lineNumber } = byId.get(id).callFrame;
    if (functionName === '(idle)') return;
    const micros = profile.timeDeltas[index];
    const file = url.replace(root, '').replace(/^node_modules\//, '');
    total += micros;
    add(functions, `${functionName || '(anonymous)'}  ${file}${file && `:${lineNumber + 1}`}`, micros);
    add(parts, part(functionName, file), micros);
  });
  const percent = micros => `${((micros / total) * 100).toFixed(1).padStart(5)} %`;
  const table = (title, map, count) =>
    [title, ...largest(map, count).map(([name, micros]) => `  ${percent(micros)}  ${name}`)].join('\n');
  return `${table('Self time by part', parts, 20)}\n\n${table('Self time by function', functions, top)}\n`;
}

function part(functionName, file) {
  if (file === '') return functionName.startsWith('(') ? functionName : 'built in (JSON, strings, maps)';
  if (file.startsWith('node:')) return 'node';
  if (file.startsWith('file:')) return 'elsewhere';
  const [first, second, third] = file.split('/');
  if (first === 'dist' || first === 'libs' || first === 'apps') {
    const [room, name] = first === 'dist' ? [second, third] : [first, second];
    return `${room}/${name}`;
  }
  return first.startsWith('@') ? `${first}/${second}` : first;
}

function add(map, key, micros) {
  map.set(key, (map.get(key) ?? 0) + micros);
}

function largest(map, count) {
  return [...map].sort(([, a], [, b]) => b - a).slice(0, count);
}
