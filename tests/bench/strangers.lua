-- wrk: asks for the customers c1 … c1000 in turn, never twice with the same `turn`.
local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("own", threads)
end

function init(args)
  path = string.match(wrk.path, "^[^?]*")
  run = os.time() .. "-" .. own .. "-"
  number = 0
end

function request()
  number = number + 1
  return wrk.format("GET", path .. "?customer_id=c" .. (1 + number % 1000) .. "&turn=" .. run .. number)
end
