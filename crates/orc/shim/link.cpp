// Linking a library: its objects as one graph, through JITLink, into one JITDylib.
#include "library_graph.h"
#include "session.h"

#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Object/ELFTypes.h"

using namespace llvm;
using namespace llvm::jitlink;
using namespace llvm::orc;

namespace nlib {
namespace {

// The bytes of an object, owned by the caller's language.
class ForeignBuffer : public MemoryBuffer {
public:
  explicit ForeignBuffer(const NlibObject &O)
      : Name(O.name, O.name_length), Owner(O.owner), Release(O.release) {
    init(O.bytes, O.bytes + O.size, /*RequiresNullTerminator=*/false);
  }
  ~ForeignBuffer() override { Release(Owner); }
  BufferKind getBufferKind() const override { return MemoryBuffer_Malloc; }
  StringRef getBufferIdentifier() const override { return Name; }

private:
  std::string Name;
  void *Owner;
  void (*Release)(void *);
};

// What the passes find out while a library is linked.
struct LinkState {
  explicit LinkState(LibraryGraph &Library) : Library(Library) {}

  LibraryGraph &Library;
  std::vector<uint64_t> Initialisers;
  std::vector<uint64_t> Finalisers;
  std::vector<NlibPlace> Places;
};

// An .init_array or .ctors section: its place in the order of execution.
struct PointerTable {
  uint64_t Priority;
  uint64_t Address;
  std::vector<uint64_t> Pointers;
};

// `.init_array.N` runs in ascending N, sections without a number last. `.ctors.N` is the older
// form: N counts down from 65535, and entries run from the last to the first.
uint64_t priorityOf(StringRef Section) {
  bool Legacy = Section.starts_with(".ctors") || Section.starts_with(".dtors");
  uint64_t Number;
  if (Section.drop_front(1).rsplit('.').second.getAsInteger(10, Number))
    return 65536;
  return Legacy ? 65535 - std::min<uint64_t>(Number, 65535) : Number;
}

PointerTable readTable(Section &S, Block &B) {
  PointerTable Table{priorityOf(S.getName()), B.getAddress().getValue(), {}};
  auto Content = B.getContent();
  for (size_t I = 0; I + 8 <= Content.size(); I += 8) {
    uint64_t Pointer = support::endian::read64le(Content.data() + I);
    // 0 and -1 mark the ends of old .ctors tables.
    if (Pointer != 0 && Pointer != UINT64_MAX)
      Table.Pointers.push_back(Pointer);
  }
  if (S.getName().starts_with(".ctors") || S.getName().starts_with(".dtors"))
    std::reverse(Table.Pointers.begin(), Table.Pointers.end());
  return Table;
}

std::vector<uint64_t> readTables(LinkGraph &G, bool (*Wanted)(StringRef)) {
  std::vector<PointerTable> Tables;
  for (auto &S : G.sections())
    if (Wanted(S.getName()))
      for (auto *B : S.blocks())
        if (!B->isZeroFill())
          Tables.push_back(readTable(S, *B));
  llvm::sort(Tables, [](const PointerTable &A, const PointerTable &B) {
    return std::tie(A.Priority, A.Address) < std::tie(B.Priority, B.Address);
  });
  std::vector<uint64_t> Pointers;
  for (auto &Table : Tables)
    Pointers.insert(Pointers.end(), Table.Pointers.begin(), Table.Pointers.end());
  return Pointers;
}

// Functions of old that a linker of whole files would name in the dynamic table.
std::vector<uint64_t> functionNamed(LinkGraph &G, StringRef Name) {
  for (auto *S : G.defined_symbols())
    if (S->hasName() && S->getScope() != Scope::Local && *S->getName() == Name)
      return {S->getAddress().getValue()};
  return {};
}

std::vector<NlibPlace> places(LinkGraph &G) {
  std::vector<NlibPlace> Places;
  for (auto &S : G.sections()) {
    SectionRange Range(S);
    if (S.getMemLifetime() == MemLifetime::Standard && !Range.empty())
      Places.push_back({Range.getStart().getValue(), Range.getEnd().getValue(),
                        (S.getMemProt() & MemProt::Exec) != MemProt::None});
  }
  return Places;
}

// Writes down where everything went that is looked for by address later.
void recordAddresses(LibraryGraph &Library, LinkGraph &G) {
  DenseSet<Block *> Alive;
  for (auto *B : G.blocks())
    Alive.insert(B);
  auto Record = [&](Placement &P) {
    if (Alive.count(P.Block))
      P.Address = P.Block->getAddress().getValue() + P.Offset;
  };
  for (auto &Function : Library.Functions)
    Record(Function.Place);
  uint64_t Frames = 0;
  if (auto *S = G.findSectionByName(".eh_frame"))
    Frames = SectionRange(*S).getStart().getValue();
  for (auto &Object : Library.DebugObjects) {
    Object.FallbackAddress = Frames;
    for (auto &Entry : Object.Sections)
      Record(Entry.second);
  }
}

std::vector<LinkedFunction> linkedFunctions(LibraryGraph &Library) {
  std::vector<LinkedFunction> Linked;
  for (auto &F : Library.Functions)
    if (F.Place.Address)
      Linked.push_back({std::move(F.Name), F.Place.Address, F.Size, F.Object});
  return Linked;
}

std::vector<ExportedSymbol> exportedSymbols(LinkGraph &G) {
  std::vector<ExportedSymbol> Exported;
  for (auto *S : G.defined_symbols())
    if (S->hasName() && S->getScope() == Scope::Default)
      Exported.push_back({S->getName(), S->getSize(), S->isCallable()});
  return Exported;
}

// Assembler code often gives its labels no type: what counts is that they name code.
void collectFunctions(LibraryGraph &Library, LinkGraph &G) {
  for (auto &S : G.sections()) {
    if ((S.getMemProt() & MemProt::Exec) == MemProt::None)
      continue;
    for (auto *Sym : S.symbols())
      if (Sym->hasName())
        Library.Functions.push_back({Sym->getName(),
                                     {&Sym->getBlock(), Sym->getOffset(), 0},
                                     Sym->getSize(),
                                     objectOf(Library, Sym->getBlock())});
  }
}

// Sees every link of the layer; acts on those of `nlib_dylib_link`.
class LinkPlugin : public ObjectLinkingLayer::Plugin {
public:
  explicit LinkPlugin(LinkState &State, JITDylib &JD) : State(State), JD(JD) {}

  void modifyPassConfig(MaterializationResponsibility &MR, LinkGraph &,
                        PassConfiguration &Config) override {
    if (&MR.getTargetJITDylib() != &JD)
      return;
    Config.PrePrunePasses.push_back([this](LinkGraph &G) {
      collectFunctions(State.Library, G);
      return Error::success();
    });
    // Before GOT and PLT entries are built, after .eh_frame was split.
    Config.PostPrunePasses.insert(Config.PostPrunePasses.begin(), [this](LinkGraph &G) {
      mergeBlocks(State.Library, G);
      return Error::success();
    });
    Config.PostFixupPasses.push_back([this](LinkGraph &G) {
      State.Initialisers = functionNamed(G, "_init");
      llvm::append_range(State.Initialisers, readTables(G, isInitialiserSection));
      State.Finalisers = functionNamed(G, "_fini");
      llvm::append_range(State.Finalisers, readTables(G, isFinaliserSection));
      std::reverse(State.Finalisers.begin(), State.Finalisers.end());
      State.Places = places(G);
      recordAddresses(State.Library, G);
      return Error::success();
    });
  }
  Error notifyFailed(MaterializationResponsibility &) override { return Error::success(); }
  Error notifyRemovingResources(JITDylib &, ResourceKey) override { return Error::success(); }
  void notifyTransferringResources(JITDylib &, ResourceKey, ResourceKey) override {}

private:
  LinkState &State;
  JITDylib &JD;
};

// The whole library: one unit, linked when any symbol of it is looked up.
class LibraryUnit : public MaterializationUnit {
public:
  LibraryUnit(LibraryLayer &Layer, std::unique_ptr<LinkGraph> Graph,
              std::unique_ptr<MemoryBuffer> Buffer)
      : MaterializationUnit(interfaceOf(*Graph)), Layer(Layer), Name(Graph->getName()),
        Graph(std::move(Graph)), Buffer(std::move(Buffer)) {}

  StringRef getName() const override { return Name; }
  void materialize(std::unique_ptr<MaterializationResponsibility> R) override {
    Layer.emit(std::move(R), std::move(Graph), std::move(Buffer));
  }

private:
  // Nothing else defines symbols in the JITDylib, so nothing is ever discarded.
  void discard(const JITDylib &, const SymbolStringPtr &) override {}

  static Interface interfaceOf(LinkGraph &G) {
    SymbolFlagsMap Flags;
    auto Add = [&](Symbol *S) {
      if (S->hasName() && S->getScope() != Scope::Local)
        Flags[S->getName()] = LinkGraphLayer::getJITSymbolFlagsForSymbol(*S);
    };
    for (auto *S : G.defined_symbols())
      Add(S);
    for (auto *S : G.absolute_symbols())
      Add(S);
    return Interface(std::move(Flags), nullptr);
  }

  LibraryLayer &Layer;
  std::string Name;
  std::unique_ptr<LinkGraph> Graph;
  std::unique_ptr<MemoryBuffer> Buffer;
};

// Writes the final addresses into the section headers, which is where a debugger looks.
std::vector<char> withAddresses(DebugObject &Object) {
  auto *Header = reinterpret_cast<object::ELF64LE::Ehdr *>(Object.Bytes.data());
  auto *Sections =
      reinterpret_cast<object::ELF64LE::Shdr *>(Object.Bytes.data() + Header->e_shoff);
  unsigned Count = Header->e_shnum ? unsigned(Header->e_shnum) : unsigned(Sections[0].sh_size);
  for (unsigned I = 1; I != Count; ++I) {
    if (!(Sections[I].sh_flags & ELF::SHF_ALLOC))
      continue;
    auto Placed = Object.Sections.find(I);
    Sections[I].sh_addr =
        Placed != Object.Sections.end() ? Placed->second.Address : Object.FallbackAddress;
    // What was stripped, as an inline function that another object supplied, must not look like
    // code at address 0: gdb would set breakpoints there.
    if (!Sections[I].sh_addr)
      Sections[I].sh_flags =
          Sections[I].sh_flags & ~uint64_t(ELF::SHF_ALLOC | ELF::SHF_EXECINSTR);
  }
  return std::move(Object.Bytes);
}

Error linkInto(NlibDylib &Dylib, std::vector<std::unique_ptr<MemoryBuffer>> Buffers,
               function_ref<void(const NlibLinked &)> Linked) {
  auto &ES = Dylib.Session.ES;
  auto &JD = *Dylib.JD;
  auto Library = buildLibraryGraph(std::move(Buffers), ES.getSymbolStringPool());
  if (!Library)
    return Library.takeError();

  LinkState State(*Library);
  auto Plugin = std::make_shared<LinkPlugin>(State, JD);
  Dylib.Session.Layer.addPlugin(Plugin);
  auto Exports = exportedSymbols(*Library->Graph);
  auto Unit = std::make_unique<LibraryUnit>(Dylib.Session.Layer, std::move(Library->Graph),
                                            std::move(Library->BaseBuffer));
  Error Failure = JD.define(std::move(Unit));
  std::optional<ExecutorSymbolDef> Descriptor;
  if (!Failure) {
    auto Found = ES.lookup({{&JD, JITDylibLookupFlags::MatchAllSymbols}},
                           ES.intern("nlib_library_2"));
    if (Found)
      Descriptor = *Found;
    else
      Failure = Found.takeError();
  }
  Dylib.Session.Layer.removePlugin(*Plugin);
  if (Failure)
    return Failure;

  for (auto &Object : Library->DebugObjects)
    Dylib.Debug.add(withAddresses(Object));
  Dylib.Functions = linkedFunctions(*Library);
  Dylib.Exports = std::move(Exports);
  Linked({State.Initialisers.data(), State.Initialisers.size(), State.Finalisers.data(),
          State.Finalisers.size(), State.Places.data(), State.Places.size(),
          Descriptor->getAddress().getValue()});
  return Error::success();
}

} // namespace
} // namespace nlib

extern "C" LLVMErrorRef nlib_dylib_link(NlibDylib *Dylib, const NlibObject *Objects, size_t Count,
                                        void *Context,
                                        void (*Linked)(void *, const NlibLinked *),
                                        NlibStringSink Causes) {
  std::vector<std::unique_ptr<MemoryBuffer>> Buffers;
  for (size_t I = 0; I != Count; ++I)
    Buffers.push_back(std::make_unique<nlib::ForeignBuffer>(Objects[I]));

  nlib::ErrorCollector Collector;
  Error Result = nlib::linkInto(*Dylib, std::move(Buffers),
                                [&](const NlibLinked &L) { Linked(Context, &L); });
  for (auto &Message : Collector.messages())
    Causes(Context, Message.data(), Message.size());
  return wrap(std::move(Result));
}
