#include "library_graph.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Object/ELF.h"

using namespace llvm;
using namespace llvm::jitlink;
using namespace llvm::orc;

namespace nlib {
namespace {

using ElfFile = object::ELFFile<object::ELF64LE>;
using ElfSection = object::ELF64LE::Shdr;

// The end of a set's name: a C identifier can be walked with __start_NAME and __stop_NAME.
bool isSetName(StringRef Name) {
  return !Name.empty() && !isDigit(Name[0]) &&
         llvm::all_of(Name, [](char C) { return isAlnum(C) || C == '_'; });
}

// Positions in a BlockOrder are those in a file of objects, one after the other: objects are
// smaller than 2^40 bytes. The first has the index 1 there; 0 is no position.
constexpr unsigned ObjectShift = 40;

// How a definition competes with others of its name.
enum Rank { Weak, Common, Strong };

Rank rankOf(Symbol &S) {
  if (S.getBlock().getSection().getName() == ".common")
    return Common;
  return S.getLinkage() == Linkage::Weak ? Weak : Strong;
}

struct Definition {
  Symbol *S;
  Rank R;
  unsigned Object; // its index in the library
};

// One object, parsed.
struct Part {
  std::unique_ptr<MemoryBuffer> Buffer;
  std::unique_ptr<LinkGraph> Graph;
  BlockOrder Order;
  std::optional<DebugObject> Debug;
};

// Joins the graphs of other objects into that of the base.
class Joiner {
public:
  Joiner(LibraryGraph &Library, unsigned BaseIndex) : Library(Library), G(*Library.Graph) {
    for (auto *S : G.defined_symbols())
      if (S->hasName() && S->getScope() != Scope::Local)
        Definitions[S->getName()] = {S, rankOf(*S), BaseIndex};
    for (auto *S : G.external_symbols())
      Externals[S->getName()] = S;
    for (auto *S : G.absolute_symbols())
      if (S->hasName() && S->getScope() != Scope::Local)
        Absolutes[S->getName()] = S;
  }

  // Leaves the placements of `P.Debug` pointing to the copies of its blocks.
  Error add(Part &P, unsigned Index) {
    Blocks.clear();
    Symbols.clear();
    LinkGraph &Source = *P.Graph;
    copyBlocks(P);
    for (auto *S : Source.defined_symbols())
      if (Blocks.count(&S->getBlock()))
        if (auto E = addDefined(*S, Index))
          return E;
    for (auto *S : Source.absolute_symbols())
      addAbsolute(*S);
    for (auto *S : Source.external_symbols())
      addExternal(*S);
    if (P.Debug)
      for (auto &Entry : P.Debug->Sections)
        Entry.second.Block = Blocks.lookup(Entry.second.Block);
    return copyEdges();
  }

private:
  Section &sectionLike(const Section &Wanted) {
    if (auto *Existing = G.findSectionByName(Wanted.getName())) {
      Existing->setMemProt(Existing->getMemProt() | Wanted.getMemProt());
      return *Existing;
    }
    auto &New = G.createSection(G.allocateName(Wanted.getName()), Wanted.getMemProt());
    New.setMemLifetime(Wanted.getMemLifetime());
    return New;
  }

  void copyBlocks(Part &P) {
    for (auto &From : P.Graph->sections()) {
      if (From.getMemLifetime() == MemLifetime::NoAlloc || From.blocks().empty())
        continue;
      auto &To = sectionLike(From);
      for (auto *B : From.blocks()) {
        Block &Copy =
            B->isZeroFill()
                ? G.createZeroFillBlock(To, B->getSize(), B->getAddress(), B->getAlignment(),
                                        B->getAlignmentOffset())
                : G.createMutableContentBlock(To, G.allocateContent(B->getContent()),
                                              B->getAddress(), B->getAlignment(),
                                              B->getAlignmentOffset());
        Blocks[B] = &Copy;
        Library.Order[&Copy] = P.Order.lookup(B);
      }
    }
  }

  Error addDefined(Symbol &S, unsigned Index) {
    auto &Home = *Blocks.lookup(&S.getBlock());
    if (!S.hasName()) {
      Symbols[&S] = &G.addAnonymousSymbol(Home, S.getOffset(), S.getSize(), S.isCallable(),
                                          S.isLive());
      return Error::success();
    }
    auto Name = S.getName();
    if (S.getScope() == Scope::Local) {
      Symbols[&S] = &G.addDefinedSymbol(Home, S.getOffset(), Name, S.getSize(), S.getLinkage(),
                                        Scope::Local, S.isCallable(), S.isLive());
      return Error::success();
    }
    auto Known = Definitions.find(Name);
    if (Known == Definitions.end()) {
      Symbol *Target;
      auto External = Externals.find(Name);
      if (External != Externals.end()) {
        Target = External->second;
        Externals.erase(External);
        G.makeDefined(*Target, Home, S.getOffset(), S.getSize(), S.getLinkage(), S.getScope(),
                      S.isLive());
        Target->setCallable(S.isCallable());
      } else {
        Target = &G.addDefinedSymbol(Home, S.getOffset(), Name, S.getSize(), S.getLinkage(),
                                     S.getScope(), S.isCallable(), S.isLive());
      }
      Symbols[&S] = Target;
      Definitions[Name] = {Target, rankOf(S), Index};
      return Error::success();
    }
    return compete(Known->second, S, Home, Index);
  }

  // A second definition of a name: the stronger, then the larger common, then the earlier wins.
  Error compete(Definition &Known, Symbol &S, Block &Home, unsigned Index) {
    Rank R = rankOf(S);
    if (R == Strong && Known.R == Strong)
      return make_error<StringError>("duplicate definition of symbol " + *S.getName(),
                                     inconvertibleErrorCode());
    bool Wins = R != Known.R ? R > Known.R
                : R == Common && S.getSize() != Known.S->getSize()
                    ? S.getSize() > Known.S->getSize()
                    : Index < Known.Object;
    bool Hidden = S.getScope() == Scope::Hidden || Known.S->getScope() == Scope::Hidden;
    if (Wins) {
      G.transferDefinedSymbol(*Known.S, Home, S.getOffset(), S.getSize());
      Known.S->setLinkage(S.getLinkage());
      Known.S->setCallable(S.isCallable());
      Known.R = R;
      Known.Object = Index;
    }
    if (Hidden)
      Known.S->setScope(Scope::Hidden);
    Symbols[&S] = Known.S;
    return Error::success();
  }

  void addAbsolute(Symbol &S) {
    bool Shared = S.hasName() && S.getScope() != Scope::Local;
    if (Shared && Absolutes.count(S.getName())) {
      Symbols[&S] = Absolutes[S.getName()];
      return;
    }
    auto &New = G.addAbsoluteSymbol(S.getName(), S.getAddress(), S.getSize(), S.getLinkage(),
                                    S.getScope(), S.isLive());
    Symbols[&S] = &New;
    if (Shared)
      Absolutes[S.getName()] = &New;
  }

  void addExternal(Symbol &S) {
    auto Name = S.getName();
    auto Defined = Definitions.find(Name);
    if (Defined != Definitions.end()) {
      Symbols[&S] = Defined->second.S;
      return;
    }
    auto Known = Externals.find(Name);
    if (Known == Externals.end()) {
      auto &New = G.addExternalSymbol(Name, S.getSize(), S.isWeaklyReferenced());
      Known = Externals.try_emplace(Name, &New).first;
    } else if (!S.isWeaklyReferenced()) {
      Known->second->setWeaklyReferenced(false);
    }
    Symbols[&S] = Known->second;
  }

  Error copyEdges() {
    for (auto &[From, To] : Blocks)
      for (auto &E : From->edges()) {
        auto *Target = Symbols.lookup(&E.getTarget());
        if (!Target)
          return make_error<StringError>("section " + From->getSection().getName() +
                                             " refers to a section that is not loaded",
                                         inconvertibleErrorCode());
        To->addEdge(E.getKind(), E.getOffset(), *Target, E.getAddend());
      }
    return Error::success();
  }

  LibraryGraph &Library;
  LinkGraph &G;
  DenseMap<SymbolStringPtr, Definition> Definitions;
  DenseMap<SymbolStringPtr, Symbol *> Externals;
  DenseMap<SymbolStringPtr, Symbol *> Absolutes;
  DenseMap<Block *, Block *> Blocks;    // of the graph being added, to their copies
  DenseMap<Symbol *, Symbol *> Symbols; // likewise
};

// Finds the ELF section behind each block, which the graph does not record, by the bytes it
// points to; blocks without bytes by name and size.
Error locateSections(Part &P, unsigned Index, DenseSet<Block *> &Retained) {
  auto File = ElfFile::create(P.Buffer->getBuffer());
  if (!File)
    return File.takeError();
  auto Sections = File->sections();
  if (!Sections)
    return Sections.takeError();

  DenseMap<const char *, Block *> ByContent;
  for (auto *B : P.Graph->blocks())
    if (!B->isZeroFill() && B->getSize() != 0)
      ByContent[B->getContent().data()] = B;

  bool HasDebugInformation = false;
  DenseMap<unsigned, Placement> Placements;
  uint64_t Base = uint64_t(Index + 1) << ObjectShift;
  for (auto &Header : *Sections) {
    auto Name = File->getSectionName(Header);
    if (!Name)
      return Name.takeError();
    HasDebugInformation |= *Name == ".debug_info" || *Name == ".zdebug_info";
    if (!(Header.sh_flags & ELF::SHF_ALLOC) || Header.sh_size == 0)
      continue;
    Block *Found = nullptr;
    if (Header.sh_type != ELF::SHT_NOBITS)
      Found = ByContent.lookup(P.Buffer->getBufferStart() + Header.sh_offset);
    else if (auto *S = P.Graph->findSectionByName(*Name))
      for (auto *B : S->blocks())
        if (B->isZeroFill() && B->getSize() == Header.sh_size && !P.Order.count(B)) {
          Found = B;
          break;
        }
    if (!Found)
      continue;
    uint64_t Position = Base + Header.sh_offset;
    P.Order[Found] = Position;
    // Where order matters, the address before the link is the sort key of JITLink's layout.
    if (*Name == ".eh_frame" || isSetName(*Name) || isInitialiserSection(*Name) ||
        isFinaliserSection(*Name))
      Found->setAddress(ExecutorAddr(Position));
    if (*Name == ".eh_frame")
      // Records follow each other without gaps; a gap would read as the end of the table.
      Found->setAlignment(1);
    else
      Placements[unsigned(&Header - Sections->begin())] = {Found, 0, 0};
    if (Header.sh_flags & ELF::SHF_GNU_RETAIN)
      Retained.insert(Found);
  }
  if (HasDebugInformation) {
    P.Debug.emplace();
    P.Debug->Bytes.assign(P.Buffer->getBufferStart(), P.Buffer->getBufferEnd());
    P.Debug->Sections = std::move(Placements);
  }
  return Error::success();
}

// Marks what dead-stripping must not take although no symbol refers to it.
void keepAlive(LinkGraph &G, const DenseSet<Block *> &Retained) {
  std::vector<Block *> Roots(Retained.begin(), Retained.end());
  for (auto &S : G.sections())
    if (isInitialiserSection(S.getName()) || isFinaliserSection(S.getName()) ||
        isSetName(S.getName()))
      Roots.insert(Roots.end(), S.blocks().begin(), S.blocks().end());
  for (auto *B : Roots)
    if (B->getSection().getMemLifetime() != MemLifetime::NoAlloc)
      G.addAnonymousSymbol(*B, 0, 0, false, /*IsLive=*/true);
}

Expected<Part> parse(std::unique_ptr<MemoryBuffer> Buffer,
                     const std::shared_ptr<SymbolStringPool> &Symbols, unsigned Index) {
  Part P;
  auto Graph = createLinkGraphFromObject(Buffer->getMemBufferRef(), Symbols);
  if (!Graph)
    return Graph.takeError();
  P.Graph = std::move(*Graph);
  P.Buffer = std::move(Buffer);
  DenseSet<Block *> Retained;
  if (auto E = locateSections(P, Index, Retained))
    return std::move(E);
  keepAlive(*P.Graph, Retained);
  return std::move(P);
}

} // namespace

size_t objectOf(const LibraryGraph &Library, Block &B) {
  return size_t(Library.Order.lookup(&B) >> ObjectShift) - 1;
}

bool isInitialiserSection(StringRef Name) {
  return Name == ".init_array" || Name.starts_with(".init_array.") || Name == ".ctors" ||
         Name.starts_with(".ctors.");
}

bool isFinaliserSection(StringRef Name) {
  return Name == ".fini_array" || Name.starts_with(".fini_array.") || Name == ".dtors" ||
         Name.starts_with(".dtors.");
}

Expected<LibraryGraph> buildLibraryGraph(std::vector<std::unique_ptr<MemoryBuffer>> Objects,
                                         const std::shared_ptr<SymbolStringPool> &Symbols) {
  LibraryGraph Library;
  // The largest object is the base, so that the fewest blocks are copied.
  unsigned BaseIndex = 0;
  for (unsigned I = 1; I < Objects.size(); ++I)
    if (Objects[I]->getBufferSize() > Objects[BaseIndex]->getBufferSize())
      BaseIndex = I;

  auto Base = parse(std::move(Objects[BaseIndex]), Symbols, BaseIndex);
  if (!Base)
    return Base.takeError();
  Library.Graph = std::move(Base->Graph);
  Library.BaseBuffer = std::move(Base->Buffer);
  Library.Order = std::move(Base->Order);
  if (Base->Debug)
    Library.DebugObjects.push_back(std::move(*Base->Debug));

  Joiner Join(Library, BaseIndex);
  for (unsigned I = 0; I < Objects.size(); ++I) {
    if (I == BaseIndex)
      continue;
    auto Next = parse(std::move(Objects[I]), Symbols, I);
    if (!Next)
      return Next.takeError();
    if (auto E = Join.add(*Next, I))
      return std::move(E);
    if (Next->Debug)
      Library.DebugObjects.push_back(std::move(*Next->Debug));
  }
  // Every competition is decided; ORC need not look for others.
  for (auto *S : Library.Graph->defined_symbols())
    S->setLinkage(Linkage::Strong);
  return std::move(Library);
}

} // namespace nlib
