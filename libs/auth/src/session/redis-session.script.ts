/** Redis' own clock, in ms: replicas agree whatever theirs say. */
const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/**
 * KEYS: session, index by subject, index by sid (may be ''). ARGV: sealed session, idle ms, absolute ms.
 * An index is a sorted set of session keys by their end; what has ended leaves it with the next login.
 */
export const CREATE_SCRIPT = `${NOW}
local idle, absolute = tonumber(ARGV[2]), tonumber(ARGV[3])
local bySid = KEYS[3] or ''
redis.call('HSET', KEYS[1], 'data', ARGV[1], 'version', 1, 'idleMs', idle, 'endsAt', now + absolute, 'bySubject', KEYS[2], 'bySid', bySid)
redis.call('PEXPIRE', KEYS[1], math.min(idle, absolute))
for at = 2, #KEYS do
  redis.call('ZREMRANGEBYSCORE', KEYS[at], '-inf', now)
  redis.call('ZADD', KEYS[at], now + absolute, KEYS[1])
  if redis.call('PTTL', KEYS[at]) < absolute then redis.call('PEXPIRE', KEYS[at], absolute) end
end
return 1
`;

/** KEYS: session. ARGV: 1 to slide. Returns: sealed session, version, ms left; or nothing. */
export const READ_SCRIPT = `${NOW}
local held = redis.call('HMGET', KEYS[1], 'data', 'version', 'idleMs', 'endsAt')
if not held[1] then return false end
if ARGV[1] == '1' then
  local left = math.min(tonumber(held[3]), tonumber(held[4]) - now)
  if left <= 0 then
    redis.call('DEL', KEYS[1])
    return false
  end
  redis.call('PEXPIRE', KEYS[1], left)
end
return { held[1], tonumber(held[2]), redis.call('PTTL', KEYS[1]) }
`;

/** KEYS: session. ARGV: sealed session, the version that was read. Returns 1 if it was written. */
export const REPLACE_SCRIPT = `
if redis.call('HGET', KEYS[1], 'version') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'data', ARGV[1])
redis.call('HINCRBY', KEYS[1], 'version', 1)
return 1
`;

/** KEYS: session. */
export const END_SCRIPT = `
local indexes = redis.call('HMGET', KEYS[1], 'bySubject', 'bySid')
for _, index in ipairs(indexes) do
  if index and index ~= '' then redis.call('ZREM', index, KEYS[1]) end
end
return redis.call('DEL', KEYS[1])
`;

/** KEYS: an index. Returns how many sessions ended. */
export const END_ALL_SCRIPT = `
local ended = 0
for _, session in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do ended = ended + redis.call('DEL', session) end
redis.call('DEL', KEYS[1])
return ended
`;

/** KEYS: lease. ARGV: holder, rest in ms. */
export const SETTLE_SCRIPT = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if tonumber(ARGV[2]) > 0 then redis.call('SET', KEYS[1], '', 'PX', ARGV[2]) else redis.call('DEL', KEYS[1]) end
return 1
`;
