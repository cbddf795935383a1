// gdb's JIT interface, with the removal that LLVM 22's own plugin lacks.
//
// The descriptor and the hook function are those of LLVM's OrcTargetProcess, so that a debugger
// finds one pair in this executable. Nothing else in the process writes to them: LLVM is linked
// statically and its symbols are not exported.
// https://sourceware.org/gdb/current/onlinedocs/gdb.html/JIT-Interface.html
#include "session.h"

#include <mutex>

using namespace llvm;

extern "C" jit_descriptor __jit_debug_descriptor;
extern "C" void __jit_debug_register_code();

namespace nlib {

static std::mutex DescriptorMutex;

static void announce(jit_actions_t Action, jit_code_entry *Code) {
  __jit_debug_descriptor.relevant_entry = Code;
  __jit_debug_descriptor.action_flag = Action;
  __jit_debug_register_code();
  __jit_debug_descriptor.action_flag = JIT_NOACTION;
  __jit_debug_descriptor.relevant_entry = nullptr;
}

void DebugRegistration::add(std::vector<char> Object) {
  auto New = std::make_unique<Entry>();
  New->Object = std::move(Object);
  New->Code.symfile_addr = New->Object.data();
  New->Code.symfile_size = New->Object.size();

  std::lock_guard<std::mutex> Lock(DescriptorMutex);
  auto *Next = __jit_debug_descriptor.first_entry;
  New->Code.next_entry = Next;
  if (Next)
    Next->prev_entry = &New->Code;
  __jit_debug_descriptor.first_entry = &New->Code;
  announce(JIT_REGISTER_FN, &New->Code);
  Entries.push_back(std::move(New));
}

void DebugRegistration::clear() {
  std::lock_guard<std::mutex> Lock(DescriptorMutex);
  for (auto &Old : Entries) {
    auto &Code = Old->Code;
    if (Code.prev_entry)
      Code.prev_entry->next_entry = Code.next_entry;
    else
      __jit_debug_descriptor.first_entry = Code.next_entry;
    if (Code.next_entry)
      Code.next_entry->prev_entry = Code.prev_entry;
    announce(JIT_UNREGISTER_FN, &Code);
  }
  Entries.clear();
}

void DebugRegistration::forEach(
    function_ref<void(const std::vector<char> &Object)> Visit) const {
  for (auto &Registered : Entries)
    Visit(Registered->Object);
}

} // namespace nlib
