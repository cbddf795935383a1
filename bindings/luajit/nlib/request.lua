-- What is asked for, from the table that nlib.load takes to nlib_request.

local ffi = require "ffi"
local callbacks = require "nlib.callbacks"
local errors = require "nlib.errors"

jit.off(true, true)

local request = {}

local linkers = { auto = 0, jit = 1, image = 2 }

local known = {
    library = "string", source = "string or table", sources = "table", code = "string", language = "string",
    manifest = "string", manifest_text = "string", manifest_folder = "string", name = "string", profile = "string",
    flags = "table", defines = "table", include_dirs = "table", with = "string or table", system_libraries = "table",
    features = "table", options = "table", host = "table", overlays = "table", linker = "string",
    auto_libraries = "boolean", default_features = "boolean", strings = "boolean",
}

local function usage(message, near)
    errors.raise(errors.new("usage", message, near))
end

local function distance(a, b)
    local row = {}
    for j = 0, #b do
        row[j] = j
    end
    for i = 1, #a do
        local before = row[0]
        row[0] = i
        for j = 1, #b do
            local kept = row[j]
            row[j] = math.min(row[j] + 1, row[j - 1] + 1, before + (a:byte(i) == b:byte(j) and 0 or 1))
            before = kept
        end
    end
    return row[#b]
end

-- Raises an error for a key that is not known or has a value of another type. `where` is for the message.
function request.check(options, keys, where)
    for key, value in pairs(options) do
        local wanted = keys[key]
        if not wanted then
            local near
            for each in pairs(keys) do
                if type(key) == "string" and (not near or distance(key, each) < distance(key, near)) then
                    near = each
                end
            end
            usage(("%s has no option '%s'%s"):format(where, tostring(key), near and ("; did you mean '%s'?"):format(near) or ""), { near })
        elseif not wanted:find(type(value), 1, true) then
            usage(("%s: option '%s' is a %s, not a %s"):format(where, key, wanted, type(value)))
        end
    end
end

-- A request that is being filled; `anchors` holds what its pointers lead to.
local Filling = {}
Filling.__index = Filling

-- Texts for C end at their first NUL byte; `any` is for those that are given with their length.
function Filling:keep(value, any)
    if type(value) == "string" and not any and value:find("\0", 1, true) then
        usage(("nlib.load: %q has a NUL byte in it, where C's texts end"):format(value))
    end
    self.anchors[#self.anchors + 1] = value
    return value
end

function Filling:list(member, count, values, option)
    values = type(values) == "string" and { values } or values or {}
    for index, value in ipairs(values) do
        if type(value) ~= "string" then
            usage(("nlib.load: item %d of '%s' is a %s, not a string"):format(index, option, type(value)))
        end
        self:keep(value)
    end
    if #values > 0 then
        self.request[member] = self:keep(ffi.new("const char *[?]", #values, values))
        self.request[count] = #values
    end
end

-- NAME = value; a value of true means none. In a list: names without values.
function Filling:pairs(member, count, values, option)
    local sorted = {}
    for name, value in pairs(values or {}) do
        if type(name) == "number" then
            name, value = value, true
        end
        if type(name) ~= "string" or (type(value) ~= "string" and type(value) ~= "number" and value ~= true) then
            usage(("nlib.load: '%s' has a value for %s that is neither text, number nor true"):format(option, tostring(name)))
        end
        sorted[#sorted + 1] = { name, value ~= true and tostring(value) or nil }
    end
    table.sort(sorted, function(left, right)
        return left[1] < right[1]
    end)
    if #sorted == 0 then
        return
    end
    local array = self:keep(ffi.new("nlib_luajit_pair[?]", #sorted))
    for index, pair in ipairs(sorted) do
        array[index - 1].name = self:keep(pair[1])
        array[index - 1].value = pair[2] and self:keep(pair[2])
    end
    self.request[member], self.request[count] = array, #sorted
end

function Filling:sources(list)
    local array = self:keep(ffi.new("nlib_luajit_source[?]", #list))
    for index, source in ipairs(list) do
        local made = array[index - 1]
        if type(source) == "string" then
            made.path = self:keep(source)
        elseif type(source) == "table" and type(source.code) == "string" then
            made.name = source.name and self:keep(source.name)
            made.language = source.language and self:keep(source.language)
            made.data, made.size = ffi.cast("const void *", self:keep(source.code, true)), #source.code
        else
            usage(("nlib.load: source %d is neither a path nor { code = text }"):format(index))
        end
    end
    self.request.sources, self.request.source_count = array, #list
end

-- Functions and variables of the program: name = callback, pointer, or { type, Lua function }.
function Filling:host(values, make_callback)
    local list = {}
    for name, value in pairs(values or {}) do
        if type(value) == "table" and not callbacks.is(value) then
            if type(value[1]) ~= "string" or type(value[2]) ~= "function" then
                usage(("nlib.load: host symbol '%s' is neither a callback, a pointer, nor { type, function }"):format(name))
            end
            value = make_callback(value[1], value[2], name)
            self.callbacks[#self.callbacks + 1] = value
        elseif type(value) ~= "cdata" and not callbacks.is(value) then
            usage(("nlib.load: host symbol '%s' is a %s; give a pointer, or { type, function }"):format(name, type(value)))
        end
        local pointer = callbacks.is(value) and value.pointer or value
        list[#list + 1] = { self:keep(name), ffi.cast("void *", self:keep(pointer)) }
        self.has_callbacks = self.has_callbacks or callbacks.is(value)
    end
    if #list > 0 then
        local array = self:keep(ffi.new("nlib_luajit_host_symbol[?]", #list))
        for index, symbol in ipairs(list) do
            array[index - 1].name, array[index - 1].address = symbol[1], symbol[2]
        end
        self.request.host_symbols, self.request.host_symbol_count = array, #list
    end
end

local function one_of(options)
    local given = {}
    for _, key in ipairs { "library", "source", "sources", "code", "manifest", "manifest_text" } do
        if options[key] then
            given[#given + 1] = key
        end
    end
    if #given ~= 1 then
        usage(#given == 0 and "nlib.load: name what to load: library, source, code, manifest or manifest_text"
            or ("nlib.load: %s exclude each other; give one"):format(table.concat(given, " and ")))
    end
end

-- nlib.load's table from what it was given: a table, or a name or path.
function request.options(given)
    local options = {}
    if type(given) == "string" then
        return { library = given }
    elseif type(given) ~= "table" then
        usage(("nlib.load takes a table, a name or a path, not a %s"):format(type(given)))
    end
    for key, value in pairs(given) do
        options[key == 1 and "library" or key] = value
    end
    return options
end

-- The request for a table of options. Gives { request, callbacks, has_callbacks }, which must be kept while it is
-- used; the callbacks live as long as what is loaded. Raises an error of kind "usage".
function request.make(options, make_callback)
    request.check(options, known, "nlib.load")
    one_of(options)
    local filling = setmetatable({ request = ffi.new("nlib_luajit_request"), anchors = {}, callbacks = {} }, Filling)
    local made = filling.request
    made.struct_size = ffi.sizeof(made)
    for _, member in ipairs { "manifest_text", "manifest_folder", "name", "profile" } do
        made[member] = options[member] and filling:keep(options[member])
    end
    made.library = filling:keep(options.library or options.manifest)
    local sources = options.source or options.sources
    if options.code then
        sources = { { code = options.code, language = options.language, name = options.name } }
    end
    if sources then
        filling:sources(type(sources) == "string" and { sources } or sources)
    end
    filling:list("flags", "flag_count", options.flags, "flags")
    filling:pairs("defines", "define_count", options.defines, "defines")
    filling:list("include_dirs", "include_dir_count", options.include_dirs, "include_dirs")
    filling:list("with", "with_count", options.with, "with")
    filling:list("system_libraries", "system_library_count", options.system_libraries, "system_libraries")
    filling:list("features", "feature_count", options.features, "features")
    filling:pairs("options", "option_count", options.options, "options")
    filling:list("overlays", "overlay_count", options.overlays, "overlays")
    filling:host(options.host, make_callback)
    local linker = linkers[options.linker or "auto"]
    if not linker then
        usage(("nlib.load: there is no linker '%s'; auto, jit and image are"):format(tostring(options.linker)))
    end
    made.linker = linker
    made.auto_libraries = options.auto_libraries and 1 or 0
    made.no_default_features = options.default_features == false and 1 or 0
    return filling
end

return request
