-- Run by main.c, which provides crc32(text).

local words = { "manifest", "plan", "fingerprint", "artifact", "symbol" }

local longest = ""
for _, word in ipairs(words) do
    print(string.format("%-12s %08x", word, crc32(word)))
    if #word > #longest then
        longest = word
    end
end

-- A mistake inside a C function is an ordinary Lua error.
local ok, message = pcall(crc32)
assert(not ok)
print("without a text: " .. message)

return longest, #words
