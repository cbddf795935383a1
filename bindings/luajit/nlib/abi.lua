-- nlib.h for LuaJIT's FFI: the C library, found and opened when it is first needed.
--
-- The FFI has one space of names for the whole program, in which the program may have declared nlib.h
-- itself. Everything is therefore declared under names of this module's own, `nlib_luajit_...`, and tied to
-- the C library's names by __asm__. Handles are tokens and never read through: `void *`.

local ffi = require "ffi"

-- Calls from here may run a library's constructors and destructors, and these may call back into Lua:
-- compiled code must not make such calls.
jit.off(true, true)

local types = [[
typedef void *nlib_luajit_error;
typedef struct nlib_luajit_diagnostic {
    size_t struct_size;
    uint32_t severity, line, column, reserved;
    const char *file, *text, *option, *library, *unit;
} nlib_luajit_diagnostic;
typedef struct nlib_luajit_options {
    size_t struct_size;
    const char *cache_directory, *worker, *project_folder, *profile;
    const char *const *library_path;
    size_t library_path_count;
    uint32_t cache_mode, offline, jobs, reserved;
    void *log, *log_data;
    void *progress, *progress_data;
} nlib_luajit_options;
typedef struct nlib_luajit_source {
    const char *path, *name, *language;
    const void *data;
    size_t size;
} nlib_luajit_source;
typedef struct nlib_luajit_pair { const char *name, *value; } nlib_luajit_pair;
typedef struct nlib_luajit_host_symbol { const char *name; void *address; } nlib_luajit_host_symbol;
typedef struct nlib_luajit_request {
    size_t struct_size;
    const char *library, *manifest_text, *manifest_folder;
    const nlib_luajit_source *sources;
    size_t source_count;
    const char *name, *profile;
    const char *const *flags;
    size_t flag_count;
    const nlib_luajit_pair *defines;
    size_t define_count;
    const char *const *include_dirs;
    size_t include_dir_count;
    const char *const *with;
    size_t with_count;
    const char *const *system_libraries;
    size_t system_library_count;
    const char *const *features;
    size_t feature_count;
    const nlib_luajit_pair *options;
    size_t option_count;
    const nlib_luajit_host_symbol *host_symbols;
    size_t host_symbol_count;
    const char *const *overlays;
    size_t overlay_count;
    uint32_t linker, auto_libraries, no_default_features, reserved;
} nlib_luajit_request;
typedef struct nlib_luajit_symbol_info {
    size_t struct_size;
    const char *name, *demangled;
    void *address;
    uint64_t bytes;
    uint32_t is_function, reserved;
} nlib_luajit_symbol_info;
]]

-- Each function by its name in nlib.h without "nlib_".
local functions = {
    version = "uint32_t %s(void)",
    version_string = "const char *%s(void)",
    has = "int %s(const char *)",
    error_get_kind = "uint32_t %s(nlib_luajit_error)",
    error_message = "const char *%s(nlib_luajit_error)",
    error_diagnostic_count = "size_t %s(nlib_luajit_error)",
    error_diagnostic = "int %s(nlib_luajit_error, size_t, nlib_luajit_diagnostic *)",
    error_near_count = "size_t %s(nlib_luajit_error)",
    error_near = "const char *%s(nlib_luajit_error, size_t)",
    error_free = "void %s(nlib_luajit_error)",
    open = "nlib_luajit_error %s(const nlib_luajit_options *, void **)",
    close = "void %s(void *)",
    load = "nlib_luajit_error %s(void *, const nlib_luajit_request *, void **)",
    name = "const char *%s(void *)",
    linked_by = "uint32_t %s(void *)",
    release = "void %s(void *)",
    unload = "nlib_luajit_error %s(void *)",
    load_start = "nlib_luajit_error %s(void *, const nlib_luajit_request *, void *, void *, void **)",
    task_wait = "nlib_luajit_error %s(void *, uint32_t, void **)",
    task_cancel = "void %s(void *)",
    task_free = "void %s(void *)",
    symbol = "nlib_luajit_error %s(void *, const char *, void **)",
    symbol_count = "nlib_luajit_error %s(void *, size_t *)",
    symbol_at = "nlib_luajit_error %s(void *, size_t, nlib_luajit_symbol_info *)",
    interface_open = "nlib_luajit_error %s(void *, void **)",
    interface_names = "nlib_luajit_error %s(void *, const char *, const char **)",
    interface_describe = "nlib_luajit_error %s(void *, const char *, const char *, const char *, const char **)",
    interface_symbol = "nlib_luajit_error %s(void *, const char *, void **)",
    interface_free = "void %s(void *)",
}

if not pcall(ffi.typeof, "nlib_luajit_request") then
    local text = { types }
    for name, declaration in pairs(functions) do
        text[#text + 1] = declaration:format("nlib_luajit_" .. name) .. (' __asm__("nlib_%s");'):format(name)
    end
    ffi.cdef(table.concat(text, "\n"))
end

-- The version of nlib.h that the declarations above are from: 0.1.
local NEEDED_MAJOR, NEEDED_MINOR = 0, 1

local chosen -- as nlib.use said
local opened -- the C library

local function file_exists(path)
    local file = io.open(path, "rb")
    return file ~= nil and file:close()
end

-- Where it may be, in this order: as nlib.use says, as the environment says, beside this file, where
-- the system's loader looks.
local function candidates()
    local folder = debug.getinfo(1, "S").source:match("^@(.*[/\\])") or "./"
    local inside = folder .. "libnlib.so.1"
    local named = chosen or os.getenv("NLIB_LIBRARY")
    if named then
        return { named }
    end
    return { file_exists(inside) and inside or "libnlib.so.1" }
end

local abi = {}

-- Says where the C library is. An error once it is open.
function abi.use(path)
    if opened then
        error("nlib.use: the C library is open already; call it before anything else of nlib's", 3)
    end
    chosen = path
end

-- The C library; an error when it cannot be used.
function abi.library()
    if opened then
        return opened
    end
    local path = candidates()[1]
    local found, library = pcall(ffi.load, path)
    if not found then
        error(("nlib: the C library cannot be opened: %s\nInstall nlib (make install), or name the file with the"
            .. " environment variable NLIB_LIBRARY or nlib.use(path)."):format(tostring(library)), 0)
    end
    local known, version = pcall(function() return library.nlib_luajit_version() end)
    if not known then
        error(("nlib: %s is not nlib's C library: %s"):format(path, tostring(version)), 0)
    end
    local major, minor = math.floor(version / 1000000), math.floor(version / 1000) % 1000
    if major ~= NEEDED_MAJOR or minor < NEEDED_MINOR then
        error(("nlib: %s is version %s, and this module needs %d.%d; install the nlib that it came with"):format(
            path, ffi.string(library.nlib_luajit_version_string()), NEEDED_MAJOR, NEEDED_MINOR), 0)
    end
    opened = library
    return opened
end

-- abi.load, abi.unload, ...: the functions of nlib.h. Each has to be called as callbacks.invoke says if it
-- may run code of a library.
return setmetatable(abi, {
    __index = function(self, name)
        if not functions[name] then
            error(("nlib.h has no function nlib_%s"):format(tostring(name)), 2)
        end
        local found = abi.library()["nlib_luajit_" .. name]
        rawset(self, name, found)
        return found
    end,
})
