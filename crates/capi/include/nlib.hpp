// nlib.hpp - nlib.h for C++17: handles that free themselves, errors that are thrown, typed symbols.
//
//     nlib::context context;
//     nlib::library flecs = context.load("flecs.c");
//     auto init = flecs.fn<void *()>("ecs_init");
//
// Everything is inline and stands on nlib.h, whose words on threads and lifetimes hold here.
#ifndef NLIB_HPP
#define NLIB_HPP

#include "nlib.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace nlib {

// One message of the compiler or about a manifest; see nlib_diagnostic.
struct diagnostic {
    nlib_severity severity;
    unsigned line;
    unsigned column;
    std::string file;
    std::string text;
    std::string option;
    std::string library;
    std::string unit;
};

// Why a call failed. Copies are independent of the library.
class error : public std::runtime_error {
  public:
    // Takes an error over and frees it.
    explicit error(nlib_error *raw)
        : std::runtime_error(nlib_error_message(raw)), kind_(nlib_error_get_kind(raw)) {
        nlib_diagnostic found = NLIB_DIAGNOSTIC_INIT;
        for (std::size_t i = 0; nlib_error_diagnostic(raw, i, &found); i++)
            diagnostics_.push_back({found.severity, found.line, found.column, found.file, found.text,
                                    found.option, found.library, found.unit});
        for (std::size_t i = 0; i < nlib_error_near_count(raw); i++)
            near_.emplace_back(nlib_error_near(raw, i));
        nlib_error_free(raw);
    }
    error(nlib_error_kind kind, const std::string &message) : std::runtime_error(message), kind_(kind) {}

    nlib_error_kind kind() const noexcept { return kind_; }
    const std::vector<diagnostic> &diagnostics() const noexcept { return diagnostics_; }
    // Names that were probably meant, the nearest first.
    const std::vector<std::string> &near_names() const noexcept { return near_; }

  private:
    nlib_error_kind kind_;
    std::vector<diagnostic> diagnostics_;
    std::vector<std::string> near_;
};

// Throws an error; does nothing for NULL.
inline void check(nlib_error *raw) {
    if (raw)
        throw error(raw);
}

// A symbol that a library publishes.
struct symbol {
    std::string name;
    std::string demangled;
    void *address;
    std::uint64_t bytes;
    bool is_function;
};

// What is asked for; see nlib_request. Each member function gives the request back.
class request {
  public:
    // A name, the path of a manifest or of a source file.
    explicit request(std::string library) : library_(std::move(library)), has_library_(true) {}

    // Source text.
    static request code(std::string language, std::string text, std::string name = "<code>") {
        request made;
        return std::move(made.source(std::move(language), std::move(text), std::move(name)));
    }

    // The text of a manifest.
    static request manifest_text(std::string text, std::string folder = "") {
        request made;
        made.manifest_ = std::move(text);
        made.folder_ = std::move(folder);
        made.has_manifest_ = true;
        return made;
    }

    request &source(std::string language, std::string text, std::string name = "<code>") {
        sources_.push_back({std::string(), std::move(name), std::move(language), std::move(text)});
        return *this;
    }
    request &file(std::string path) {
        sources_.push_back({std::move(path), std::string(), std::string(), std::string()});
        return *this;
    }
    request &named(std::string name) { return set(name_, std::move(name)); }
    request &profile(std::string name) { return set(profile_, std::move(name)); }
    request &flag(std::string flag) { return add(flags_, std::move(flag)); }
    request &define(std::string name) { return add(flags_, "-D" + std::move(name)); }
    request &define(const std::string &name, const std::string &value) {
        return add(flags_, "-D" + name + "=" + value);
    }
    request &include(std::string folder) { return add(folders_, std::move(folder)); }
    request &with(std::string library) { return add(with_, std::move(library)); }
    request &system_library(std::string name) { return add(system_libraries_, std::move(name)); }
    request &feature(std::string name) { return add(features_, std::move(name)); }
    request &overlay(std::string library) { return add(overlays_, std::move(library)); }
    request &option(std::string name, std::string value) {
        options_.emplace_back(std::move(name), std::move(value));
        return *this;
    }
    request &linker(nlib_linker which) { return set(linker_, which); }
    request &auto_libraries(bool allowed = true) { return set(auto_libraries_, allowed); }

    // Grants a function of the host's; it must not throw unless the library may see that.
    template <typename Function> request &grant(std::string name, Function *function) {
        static_assert(std::is_function_v<Function>, "a pointer to a function, or grant_variable");
        symbols_.emplace_back(std::move(name), reinterpret_cast<void *>(function));
        return *this;
    }
    template <typename Variable> request &grant_variable(std::string name, Variable &variable) {
        symbols_.emplace_back(std::move(name), const_cast<std::remove_cv_t<Variable> *>(&variable));
        return *this;
    }

    // Calls `use` with the request in C, which is valid as long.
    template <typename Use> nlib_error *in_c(Use &&use) const {
        nlib_request raw = NLIB_REQUEST_INIT;
        std::vector<nlib_source> sources;
        for (const part &one : sources_) {
            if (one.path.empty())
                sources.push_back({nullptr, one.name.c_str(), text(one.language), one.text.data(),
                                   one.text.size()});
            else
                sources.push_back({one.path.c_str(), nullptr, nullptr, nullptr, 0});
        }
        std::vector<nlib_pair> options;
        for (const auto &[name, value] : options_)
            options.push_back({name.c_str(), value.c_str()});
        std::vector<nlib_host_symbol> symbols;
        for (const auto &[name, address] : symbols_)
            symbols.push_back({name.c_str(), address});
        const auto flags = pointers(flags_), folders = pointers(folders_), with = pointers(with_),
                   system = pointers(system_libraries_), features = pointers(features_),
                   overlays = pointers(overlays_);
        raw.library = has_library_ ? library_.c_str() : nullptr;
        raw.manifest_text = has_manifest_ ? manifest_.c_str() : nullptr;
        raw.manifest_folder = text(folder_);
        raw.name = text(name_);
        raw.profile = text(profile_);
        raw.sources = sources.data(), raw.source_count = sources.size();
        raw.flags = flags.data(), raw.flag_count = flags.size();
        raw.include_dirs = folders.data(), raw.include_dir_count = folders.size();
        raw.with = with.data(), raw.with_count = with.size();
        raw.system_libraries = system.data(), raw.system_library_count = system.size();
        raw.features = features.data(), raw.feature_count = features.size();
        raw.options = options.data(), raw.option_count = options.size();
        raw.host_symbols = symbols.data(), raw.host_symbol_count = symbols.size();
        raw.overlays = overlays.data(), raw.overlay_count = overlays.size();
        raw.linker = linker_;
        raw.auto_libraries = auto_libraries_;
        return use(&raw);
    }

  private:
    struct part {
        std::string path, name, language, text;
    };

    request() = default;
    template <typename T> request &set(T &member, T value) {
        member = std::move(value);
        return *this;
    }
    request &add(std::vector<std::string> &list, std::string value) {
        list.push_back(std::move(value));
        return *this;
    }
    static const char *text(const std::string &value) {
        return value.empty() ? nullptr : value.c_str();
    }
    static std::vector<const char *> pointers(const std::vector<std::string> &list) {
        std::vector<const char *> pointers;
        for (const std::string &one : list)
            pointers.push_back(one.c_str());
        return pointers;
    }

    std::string library_, manifest_, folder_, name_, profile_;
    bool has_library_ = false, has_manifest_ = false, auto_libraries_ = false;
    std::vector<part> sources_;
    std::vector<std::string> flags_, folders_, with_, system_libraries_, features_, overlays_;
    std::vector<std::pair<std::string, std::string>> options_;
    std::vector<std::pair<std::string, void *>> symbols_;
    nlib_linker linker_ = NLIB_LINKER_AUTO;
};

// What a library's headers declare; see docs/interface.md.
class interface {
  public:
    // Takes a handle over.
    explicit interface(nlib_interface *raw) noexcept : raw_(raw) {}

    // The names of one kind, or of all.
    std::vector<std::string> names(const char *kind = nullptr) const {
        const char *text = nullptr;
        check(nlib_interface_names(raw_.get(), kind, &text));
        std::vector<std::string> names;
        std::string_view rest = text;
        while (!rest.empty()) {
            const std::size_t end = rest.find('\n');
            names.emplace_back(rest.substr(0, end));
            rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
        }
        return names;
    }

    // Everything that has this name, of a function also with parameters, as a list in "json", "lisp", "edn" or "lua".
    std::string describe(const std::string &name, const char *kind = nullptr,
                         const char *notation = "json") const {
        const char *text = nullptr;
        check(nlib_interface_describe(raw_.get(), kind, name.c_str(), notation, &text));
        return text;
    }

    // The whole in a format of `nlib bind`.
    std::string text(const char *format = "json") const {
        const char *text = nullptr;
        std::size_t size = 0;
        check(nlib_interface_text(raw_.get(), format, &text, &size));
        return std::string(text, size);
    }

    // The address of a function by its symbol, or of a thunk; see nlib_interface_symbol.
    void *address(const std::string &symbol) const {
        void *address = nullptr;
        check(nlib_interface_symbol(raw_.get(), symbol.c_str(), &address));
        return address;
    }

    // The thunk of a function for so many arguments: its type in C is as docs/interface.md says. Of overloads
    // that take as many one is named with its parameters: "ImGui::PushID(int)".
    template <typename Signature>
    Signature *thunk(const std::string &function, std::size_t arguments) const {
        static_assert(std::is_function_v<Signature>, "a function's type, as in thunk<int(double)>");
        return reinterpret_cast<Signature *>(address(function + "/" + std::to_string(arguments)));
    }

    nlib_interface *get() const noexcept { return raw_.get(); }

  private:
    struct free {
        void operator()(nlib_interface *raw) const noexcept { nlib_interface_free(raw); }
    };
    std::unique_ptr<nlib_interface, free> raw_;
};

// A loaded library. It stays loaded when this goes; `unload` is explicit.
class library {
  public:
    // Takes a handle over.
    explicit library(nlib_lib *raw) noexcept : raw_(raw) {}

    // The function of this name: in C, or in C++ qualified, with parameters where it is overloaded.
    template <typename Signature> Signature *fn(const std::string &name) const {
        static_assert(std::is_function_v<Signature>, "a function's type, as in fn<int(double)>");
        try {
            return reinterpret_cast<Signature *>(address(name));
        } catch (const error &missing) {
            if (missing.kind() == NLIB_ERROR_SYMBOL && is_inline(name))
                throw error(NLIB_ERROR_SYMBOL,
                            "`" + name + "` is inline in the header of `" + this->name() +
                                "`, so that the library has no symbol of it; ask for its thunk: "
                                "headers().thunk<type in C>(\"" + name + "\", number of arguments)");
            throw;
        }
    }

    // The variable of this name.
    template <typename Type> Type &var(const std::string &name) const {
        static_assert(std::is_object_v<Type>, "a variable's type");
        return *static_cast<Type *>(address(name));
    }

    void *address(const std::string &name) const {
        void *address = nullptr;
        check(nlib_symbol(raw_.get(), name.c_str(), &address));
        return address;
    }

    std::vector<symbol> symbols() const {
        std::size_t count = 0;
        check(nlib_symbol_count(raw_.get(), &count));
        std::vector<symbol> found;
        for (std::size_t i = 0; i < count; i++) {
            nlib_symbol_info info = NLIB_SYMBOL_INFO_INIT;
            check(nlib_symbol_at(raw_.get(), i, &info));
            found.push_back({info.name, info.demangled, info.address, info.bytes,
                             info.is_function != 0});
        }
        return found;
    }

    // What its public headers declare.
    nlib::interface headers() const {
        nlib_interface *raw = nullptr;
        check(nlib_interface_open(raw_.get(), &raw));
        return nlib::interface(raw);
    }

    std::string name() const { return nlib_name(raw_.get()); }
    nlib_linker linked_by() const { return nlib_linked_by(raw_.get()); }

    // Refused with an exception while it is in use; it then stays as it was.
    void unload() { check(nlib_unload(raw_.get())); }

    nlib_lib *get() const noexcept { return raw_.get(); }

  private:
    // Whether the headers hold the body of a function. They are read for it: after a failure only.
    bool is_inline(const std::string &name) const {
        try {
            return headers().describe(name, "function").find("\"inline\":true") != std::string::npos;
        } catch (const error &) {
            return false;
        }
    }

    struct release {
        void operator()(nlib_lib *raw) const noexcept { nlib_release(raw); }
    };
    std::unique_ptr<nlib_lib, release> raw_;
};

// The object code of a library.
class object {
  public:
    // Takes a handle over.
    explicit object(nlib_object *raw) noexcept : raw_(raw) {}

    std::string_view bytes() const {
        return {static_cast<const char *>(nlib_object_data(raw_.get())), nlib_object_size(raw_.get())};
    }
    std::string name() const { return nlib_object_name(raw_.get()); }
    nlib_object *get() const noexcept { return raw_.get(); }

  private:
    struct free {
        void operator()(nlib_object *raw) const noexcept { nlib_object_free(raw); }
    };
    std::unique_ptr<nlib_object, free> raw_;
};

// A load beside the program. It is cancelled when this goes before it is done.
class task {
  public:
    // Takes a handle over.
    explicit task(nlib_task *raw) noexcept : raw_(raw) {}

    // Waits for the library, which is given once.
    library get() const { return std::move(*wait(NLIB_FOREVER)); }

    // The library if it is there in so many milliseconds.
    std::optional<library> wait(std::uint32_t milliseconds) const {
        nlib_lib *raw = nullptr;
        check(nlib_task_wait(raw_.get(), milliseconds, &raw));
        return raw ? std::optional<library>(raw) : std::nullopt;
    }

    void cancel() const noexcept { nlib_task_cancel(raw_.get()); }
    nlib_task *get_raw() const noexcept { return raw_.get(); }

  private:
    struct free {
        void operator()(nlib_task *raw) const noexcept { nlib_task_free(raw); }
    };
    std::unique_ptr<nlib_task, free> raw_;
};

// What loads libraries. They stay loaded when it goes.
class context {
  public:
    context() : context(nlib_options NLIB_OPTIONS_INIT) {}
    explicit context(const nlib_options &options) {
        nlib_ctx *raw = nullptr;
        check(nlib_open(&options, &raw));
        raw_.reset(raw);
    }

    library load(const request &asked) const {
        nlib_lib *raw = nullptr;
        check(asked.in_c([&](const nlib_request *in_c) { return nlib_load(raw_.get(), in_c, &raw); }));
        return library(raw);
    }
    library load(std::string name) const { return load(request(std::move(name))); }

    task start(const request &asked) const {
        nlib_task *raw = nullptr;
        check(asked.in_c([&](const nlib_request *in_c) {
            return nlib_load_start(raw_.get(), in_c, nullptr, nullptr, &raw);
        }));
        return task(raw);
    }

    object compile(const request &asked) const {
        nlib_object *raw = nullptr;
        check(asked.in_c([&](const nlib_request *in_c) { return nlib_compile(raw_.get(), in_c, &raw); }));
        return object(raw);
    }

    nlib_ctx *get() const noexcept { return raw_.get(); }

  private:
    struct close {
        void operator()(nlib_ctx *raw) const noexcept { nlib_close(raw); }
    };
    std::unique_ptr<nlib_ctx, close> raw_;
};

} // namespace nlib

#endif // NLIB_HPP
