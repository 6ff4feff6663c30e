/**
 * One hit, decided in Redis and by Redis' clock, so that replicas agree whatever their own clocks say.
 * KEYS[1] the window, KEYS[2] the mark that tells whether Redis lost its data.
 * ARGV: cost, limit, window in ms, block in ms.
 * Returns: spent, admitted (1 or 0), ms until there is room again, 1 if the mark had to be set anew.
 */
export const HIT_SCRIPT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local cost, limit, window, block = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local lost = redis.call('SETNX', KEYS[2], now)
local held = redis.call('HMGET', KEYS[1], 'spent', 'endsAt', 'blocked')
local spent, endsAt, blocked = tonumber(held[1]) or 0, tonumber(held[2]) or 0, held[3] == '1'
if endsAt - now > math.max(window, block) then endsAt = now + math.max(window, block) end
if endsAt <= now then
  spent, endsAt, blocked = 0, now + window, false
end
if blocked then return { spent, 0, endsAt - now, lost } end
local admitted = spent + cost <= limit
if admitted then
  spent = spent + cost
elseif block > 0 then
  blocked, endsAt = true, now + block
end
redis.call('HSET', KEYS[1], 'spent', spent, 'endsAt', endsAt, 'blocked', blocked and '1' or '0')
redis.call('PEXPIRE', KEYS[1], endsAt - now)
return { spent, admitted and 1 or 0, endsAt - now, lost }
`;
