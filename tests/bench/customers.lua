-- wrk: asks for the customers c1 … c1000 in turn, from requests rendered beforehand.
local requests = {}
local turn = 0

function init(args)
  for i = 1, 1000 do
    requests[i] = wrk.format("GET", "/aggregated-data?customer_id=c" .. i)
  end
end

function request()
  turn = turn % 1000 + 1
  return requests[turn]
end
