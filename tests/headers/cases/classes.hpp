// Classes and what is in them.
struct Plain { int a; Plain *next; };
struct Empty {};
struct Defaults { int a = 3; const char *b = "x"; };
struct Holds { Defaults d; int n[2]; };
struct Derived : Plain, private Empty { double d; };
struct Virtual { virtual ~Virtual(); virtual int pure(int x) = 0; int v; };
struct Diamond : virtual Virtual { int pure(int x) override; static int count; };
struct Multiple : Plain, Virtual { int pure(int) override; char tail; };
struct Leak { ~Leak(); };
struct Implicit { Implicit(int); Leak v; };
struct Singleton { static Singleton &get(); private: Singleton(); ~Singleton(); int x; };
struct Reference { int &r; };
struct Undying { Undying(int); ~Undying() = delete; };
struct Move { Move(Move &&); int &operator*(); };
typedef struct { int t; } Unnamed;
union Union { int i; float f; Union() : i(0) {} ~Union() {} };
struct Bits { bool a : 1; unsigned char b : 2; long long c : 33; };
struct alignas(64) Big { char c; };
struct [[gnu::packed]] Packed { char c; int i; };
struct NoUnique { [[no_unique_address]] Empty e; int i; };
struct stat_like { int a; };
int stat_like(struct stat_like *s);

class Complete {
public:
  Complete();
  explicit Complete(int a, const Plain &p = Plain{1, nullptr});
  Complete(const Complete &) = delete;
  Complete(Complete &&) noexcept;
  Complete &operator=(const Complete &) = default;
  template <class T> explicit Complete(T *t);
  virtual ~Complete() noexcept(false);
  int get() const;
  int get();
  static Complete *make(int n);
  virtual void virt(int &&r) noexcept;
  operator bool() const { return true; }
  bool operator==(const Complete &other) const;
  auto deduced() const { return value_ + 1.5; }
  auto trailing() -> Plain &;
  int ref_qualified() &&;
  int outside();
  template <class T> void generic(T);
  struct Nested { int n; union { int i; float f; }; struct { char c; } sub; };
  Nested nested(int Nested::*) const;
  enum Kind { One, Two };
  enum { LOOSE = 5 };
  Kind kind(Kind k = One) const;
  typedef int Number;
  Number number(Number n = sizeof(int));
  static constexpr int LIMIT = 10;
  static const char *const NAME;
  static thread_local int per_thread;
  friend int friendly(Complete &);
protected:
  void protected_method();
  struct Guarded { int g; };
private:
  void private_method();
  static int private_variable;
  struct Private { int p; Leak s; void hidden(); };
  Private private_;
  int value_ : 5;
  Guarded guarded_;
};
inline int Complete::outside() { return 1; }
struct Fixed { int a; Fixed(int); Fixed(const Fixed &) = delete; Fixed &operator=(const Fixed &) = default; };
struct Moved { int a; Moved(Moved &&) = default; };
