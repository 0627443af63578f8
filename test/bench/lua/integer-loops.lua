-- Whole numbers: sieve, greatest common divisor, remainders.
local n, sieve, primes = 40000, {}, 0
for i = 2, n do sieve[i] = true end
for i = 2, n do
  if sieve[i] then
    primes = primes + 1
    for j = i * i, n, i do sieve[j] = false end
  end
end
local function gcd(a, b) while b ~= 0 do a, b = b, a % b end return a end
local sum = 0
for i = 1, 200 do for j = 1, 80 do sum = sum + gcd(i * 7, j * 13) end end
local h = 0
for i = 1, 200000 do h = (h * 31 + i) % 1000003 end
print(primes, sum, h)
