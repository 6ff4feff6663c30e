/**
 * Runs in the page before its own scripts: notes which fields of the BFF's answers there are and which are read.
 * `window.fields` has both, as `film.title`, `lists[].films[].id`.
 */
{
  const sent = new Set();
  const read = new Set();
  window.fields = { unread: () => [...sent].filter(field => !read.has(field)), sent: () => sent.size };

  const watched = (value, path) => {
    if (typeof value !== 'object' || value === null) return value;
    return new Proxy(value, {
      get(target, key) {
        const found = Reflect.get(target, key);
        if (typeof key === 'symbol' || !Object.hasOwn(target, key)) return found;
        const at = fieldAt(target, path, key);
        read.add(at);
        return watched(found, at);
      },
    });
  };
  const fieldAt = (parent, path, key) => {
    if (Array.isArray(parent)) return `${path}[]`;
    return path === '' ? key : `${path}.${key}`;
  };
  const note = (value, path) => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, member] of Object.entries(value)) {
      const at = fieldAt(value, path, key);
      // A list itself is read when one looks at its members.
      if (!Array.isArray(value)) sent.add(at);
      note(member, at);
    }
  };

  const json = Response.prototype.json;
  Response.prototype.json = async function () {
    const value = await json.call(this);
    if (!this.ok) return value;
    const page = new URL(this.url).pathname.replace(/\d+$/, ':id');
    const named = { [page]: value };
    note(named, '');
    return watched(named, '')[page];
  };
}
