-- The C side of callbacks: text that nlib compiles once for each signature and keeps in its cache.
--
-- A library calls a slot, a C function of the right signature. The slot looks whether Lua may be entered:
-- `thread` of the control block is the thread that is in a call which allows it. If so it packs the arguments
-- into a frame and calls `dispatch`, the one callback of the FFI's own; if not it notes why and gives zero.
-- A frame begins with the result, the arguments follow; records by value lie in it as they are.

local ffi = require "ffi"

local trampoline = {}

-- The control block, of which each Lua state has one. Other threads read it at any time: it is never freed.
--   thread                       which thread may enter Lua now; 0 while none may
--   refused_key, refused_thread  the last refusal: of which slot, on which thread
--   refusals, reported           how many there were, and of how many of them Lua knows
if not pcall(ffi.typeof, "nlib_luajit_control") then
    ffi.cdef [[
    typedef struct nlib_luajit_control {
        unsigned long thread, refused_thread;
        uint32_t refused_key, refusals, reported;
        void (*dispatch)(uint32_t key, void *frame);
    } nlib_luajit_control;
    void *nlib_luajit_calloc(size_t count, size_t size) __asm__("calloc");
    unsigned long nlib_luajit_thread(void) __asm__("pthread_self");
    ]]
end

local head = [[
struct control {
    unsigned long thread, refused_thread;
    unsigned refused_key, refusals, reported;
    void (*dispatch)(unsigned key, void *frame);
};

unsigned long pthread_self(void);

static void enter(struct control *control, unsigned key, void *frame) {
    unsigned long here = pthread_self();
    if (__atomic_load_n(&control->thread, __ATOMIC_ACQUIRE) == here) {
        control->dispatch(key, frame);
        return;
    }
    __atomic_store_n(&control->refused_key, key, __ATOMIC_RELEASE);
    __atomic_store_n(&control->refused_thread, here, __ATOMIC_RELEASE);
    __atomic_add_fetch(&control->refusals, 1, __ATOMIC_ACQ_REL);
}
]]

local tail = [[
/* The address of a slot that nobody has, which then belongs to `control` and calls with `key`; NULL when there is none. */
void *nlib_luajit_claim(struct control *control, unsigned key) {
    for (unsigned i = 0; i < sizeof slots / sizeof *slots; i++) {
        struct control *nobody = 0;
        if (__atomic_compare_exchange_n(&owners[i], &nobody, control, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
            __atomic_store_n(&keys[i], key, __ATOMIC_RELEASE);
            return (void *)slots[i];
        }
    }
    return 0;
}

/* Gives back all slots of `control`. */
void nlib_luajit_surrender(struct control *control) {
    for (unsigned i = 0; i < sizeof slots / sizeof *slots; i++) {
        struct control *owner = control;
        __atomic_compare_exchange_n(&owners[i], &owner, 0, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
    }
}
]]

local integer_names = {
    [true] = { [1] = "signed char", [2] = "short", [4] = "int", [8] = "long" },
    [false] = { [1] = "unsigned char", [2] = "unsigned short", [4] = "unsigned", [8] = "unsigned long" },
}

-- The C type of data of a type, in which no name of the library's is left. Records are declared in `records`.
local function spell(types, type, records)
    type = types:resolve(type)
    local kind = type.kind
    if kind == "pointer" or kind == "reference" then
        return "void *"
    elseif kind == "void" then
        return "void"
    elseif kind == "bool" then
        return "_Bool"
    elseif kind == "float" and (type.size == 4 or type.size == 8) then
        return type.size == 4 and "float" or "double"
    elseif kind == "enum" then
        return spell(types, types:integer_of(type.name), records)
    elseif (kind == "integer" or kind == "character") and integer_names[true][type.size] then
        return integer_names[type.signed == true][type.size]
    elseif kind == "record" then
        return records(type.name)
    elseif kind == "foreign" then
        error(("a callback cannot take or give '%s': only pointers, numbers and what the library declares"):format(type.name), 0)
    end
    error({ unsupported = type.name or type.spelling or kind }, 0)
end

local function declared(types, type, name, records)
    type = types:resolve(type)
    if type.kind == "array" then
        return declared(types, type.of, ("%s[%d]"):format(name, type.length or 0), records)
    end
    return spell(types, type, records) .. " " .. name
end

-- Gives a function that declares a record by its name, and the list of declarations it makes.
local function record_speller(types, entry_of)
    local list, names, count = {}, {}, 0
    local function record(name)
        if names[name] then
            return names[name]
        end
        local entry = entry_of(name)
        if not entry.by_value then
            error({ unsupported = name .. " by value" }, 0)
        end
        local fields = {}
        for index, field in ipairs(entry.fields) do
            fields[index] = "    " .. declared(types, field.type, "m" .. index, record)
                .. (field.bits and (" : " .. field.bits.width) or "") .. ";\n"
        end
        count = count + 1
        local tag = ("%s r%d"):format(entry.kind, count)
        list[#list + 1] = ("%s {\n%s};\n_Static_assert(sizeof(%s) == %s, \"size\");\n"):format(
            tag, table.concat(fields), tag, tostring(entry.description.size))
        names[name] = tag
        return tag
    end
    return record, list
end

-- What the C text of a function's type is made of: `signature`, a text that is equal for equal texts; and the
-- parts for trampoline.text.
function trampoline.plan(types, type, entry_of)
    local record, declarations = record_speller(types, entry_of)
    local result = spell(types, type.result, record)
    local parameters = {}
    for index, parameter in ipairs(type.parameters) do
        parameters[index] = spell(types, parameter.type, record)
    end
    return {
        result = result,
        parameters = parameters,
        declarations = declarations,
        signature = table.concat(declarations) .. result .. " (" .. table.concat(parameters, ", ") .. ")",
    }
end

-- The C source with so many slots of a plan.
function trampoline.text(plan, slots)
    local declared_parameters, members, given = {}, {}, {}
    for index, parameter in ipairs(plan.parameters) do
        declared_parameters[index] = parameter .. " a" .. index
        members[index] = ("    %s a%d;\n"):format(parameter, index)
        given[index] = ("    frame.a%d = a%d;\n"):format(index, index)
    end
    local void = plan.result == "void"
    local parameters = #declared_parameters > 0 and table.concat(declared_parameters, ", ") or "void"
    local lines = {
        head, table.concat(plan.declarations),
        ("struct frame {\n    %s result;\n%s};\n\n"):format(void and "void *" or plan.result, table.concat(members)),
        ("static struct control *owners[%d];\nstatic unsigned keys[%d];\n\n"):format(slots, slots),
    }
    for index = 0, slots - 1 do
        lines[#lines + 1] = ("static %s slot_%d(%s) {\n    struct frame frame;\n    __builtin_memset(&frame, 0, sizeof frame);\n%s"
            .. "    struct control *control = __atomic_load_n(&owners[%d], __ATOMIC_ACQUIRE);\n"
            .. "    if (control)\n        enter(control, __atomic_load_n(&keys[%d], __ATOMIC_ACQUIRE), &frame);\n%s}\n"):format(
            plan.result, index, parameters, table.concat(given), index, index, void and "" or "    return frame.result;\n")
    end
    local names = {}
    for index = 0, slots - 1 do
        names[#names + 1] = "slot_" .. index
    end
    lines[#lines + 1] = ("\nstatic %s (*const slots[%d])(%s) = { %s };\n\n"):format(
        plan.result, slots, parameters, table.concat(names, ", "))
    lines[#lines + 1] = tail
    return table.concat(lines)
end

return trampoline
