-- Log messages and the steps of loads. nlib tells them on threads of its own, where Lua cannot run: a small C
-- source takes them and keeps them until Lua asks.

local ffi = require "ffi"
local units = require "nlib.units"

jit.off(true, true)

local text = [[
typedef unsigned int u32;
typedef unsigned long long u64;
void *malloc(unsigned long);
void free(void *);
unsigned long strlen(const char *);
char *strcpy(char *, const char *);

struct progress { unsigned long struct_size; u32 kind, cached; const char *library, *unit; u64 count, elapsed_ns; };
struct message { struct message *next; u32 is_log, kind, cached, unused; u64 count, elapsed_ns; char *first, *second; char text[]; };

static void put(struct message **queue, struct message made, const char *first, const char *second) {
    unsigned long length = strlen(first) + 1;
    struct message *message = malloc(sizeof made + length + strlen(second) + 1);
    if (!message)
        return;
    *message = made;
    message->first = strcpy(message->text, first);
    message->second = strcpy(message->text + length, second);
    message->next = __atomic_load_n(queue, __ATOMIC_ACQUIRE);
    while (!__atomic_compare_exchange_n(queue, &message->next, message, 1, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        ;
}

void nlib_luajit_log(void *queue, u32 level, const char *message) {
    put(queue, (struct message){.is_log = 1, .kind = level}, message, "");
}

void nlib_luajit_progress(void *queue, const struct progress *progress) {
    put(queue, (struct message){.kind = progress->kind, .cached = progress->cached, .count = progress->count,
                                .elapsed_ns = progress->elapsed_ns},
        progress->library ? progress->library : "", progress->unit ? progress->unit : "");
}

/* All messages, the newest first; the caller frees each. */
struct message *nlib_luajit_take(struct message **queue) {
    return __atomic_exchange_n(queue, (struct message *)0, __ATOMIC_ACQ_REL);
}

void nlib_luajit_free(void *message) { free(message); }
]]

if not pcall(ffi.typeof, "nlib_luajit_message") then
    ffi.cdef [[
    typedef struct nlib_luajit_message {
        struct nlib_luajit_message *next;
        uint32_t is_log, kind, cached, unused;
        uint64_t count, elapsed_ns;
        const char *first, *second;
    } nlib_luajit_message;
    ]]
end

local levels = { "warning", "info", "debug" }
local steps = { "fetch", "compiles", "compile-started", "unit-ready", "unit-failed", "loaded" }

local messages = {}

-- Makes a queue for a context: the addresses for its options, and `deliver`, which calls the Lua functions `log`
-- and `progress` (either may be nil) with what has come since. `context` is another context's handle.
function messages.queue(context, log, progress)
    local symbol = units.load(context, "nlib-luajit-messages", text)
    local take = ffi.cast("nlib_luajit_message *(*)(void *)", symbol "nlib_luajit_take")
    local free = ffi.cast("void (*)(void *)", symbol "nlib_luajit_free")
    -- Threads may still put messages here when the Lua state ends: it is not Lua's memory.
    local queue = ffi.C.nlib_luajit_calloc(1, ffi.sizeof("void *"))

    local function deliver()
        local list = {}
        local message = take(queue)
        while message ~= nil do
            list[#list + 1] = {
                is_log = message.is_log ~= 0, kind = message.kind, first = ffi.string(message.first), second = ffi.string(message.second),
                cached = message.cached ~= 0, count = tonumber(message.count), seconds = tonumber(message.elapsed_ns) / 1e9,
            }
            local following = message.next
            free(message)
            message = following
        end
        for index = #list, 1, -1 do
            local each = list[index]
            if each.is_log and log then
                log(levels[each.kind] or "debug", each.first)
            elseif not each.is_log and progress then
                progress { kind = steps[each.kind] or "other", library = each.first, unit = each.second, cached = each.cached,
                    count = each.count, seconds = each.seconds }
            end
        end
    end

    return {
        data = queue, deliver = deliver,
        log = log and symbol "nlib_luajit_log" or nil,
        progress = progress and symbol "nlib_luajit_progress" or nil,
    }
end

return messages
