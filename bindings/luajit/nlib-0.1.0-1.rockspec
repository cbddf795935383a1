package = "nlib"
version = "0.1.0-1"
source = {
   url = "git+https://github.com/nlib-project/nlib.git",
   tag = "v0.1.0",
}
description = {
   summary = "Native libraries loaded from their C and C++ sources, for LuaJIT",
   detailed = [[
      nlib compiles a C or C++ library from its source, keeps the result in a cache, and gives typed functions of
      it to the running program. This is its binding for LuaJIT; it needs libnlib.so.1 of nlib's installation.
   ]],
   homepage = "https://github.com/nlib-project/nlib",
   license = "MIT OR Apache-2.0",
}
dependencies = {
   "lua == 5.1",
}
build = {
   type = "builtin",
   modules = {
      nlib = "nlib.lua",
      ["nlib.abi"] = "nlib/abi.lua",
      ["nlib.arguments"] = "nlib/arguments.lua",
      ["nlib.bitfields"] = "nlib/bitfields.lua",
      ["nlib.callbacks"] = "nlib/callbacks.lua",
      ["nlib.classes"] = "nlib/classes.lua",
      ["nlib.code"] = "nlib/code.lua",
      ["nlib.context"] = "nlib/context.lua",
      ["nlib.declaration"] = "nlib/declaration.lua",
      ["nlib.errors"] = "nlib/errors.lua",
      ["nlib.functions"] = "nlib/functions.lua",
      ["nlib.generation"] = "nlib/generation.lua",
      ["nlib.help"] = "nlib/help.lua",
      ["nlib.interface"] = "nlib/interface.lua",
      ["nlib.library"] = "nlib/library.lua",
      ["nlib.lookup"] = "nlib/lookup.lua",
      ["nlib.messages"] = "nlib/messages.lua",
      ["nlib.methods"] = "nlib/methods.lua",
      ["nlib.overloads"] = "nlib/overloads.lua",
      ["nlib.plans"] = "nlib/plans.lua",
      ["nlib.records"] = "nlib/records.lua",
      ["nlib.reload"] = "nlib/reload.lua",
      ["nlib.request"] = "nlib/request.lua",
      ["nlib.trampoline"] = "nlib/trampoline.lua",
      ["nlib.types"] = "nlib/types.lua",
      ["nlib.units"] = "nlib/units.lua",
      ["nlib.values"] = "nlib/values.lua",
   },
}
