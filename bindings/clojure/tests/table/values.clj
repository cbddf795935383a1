(ns table.values
  "Values at their edges: structures by value of all shapes, numbers at their limits, pointers to pointers."
  (:require [nlib.core :as n]
            [table.check :refer [fails holds same]])
  (:import (clojure.lang ExceptionInfo)
           (java.lang.management BufferPoolMXBean ManagementFactory)
           (java.nio ByteBuffer ByteOrder)))

(def shapes
  (n/load-native-library
   :name "shapes.c"
   :code "#include <stdint.h>
          #include <stdbool.h>
          #include <stdlib.h>
          #include <string.h>
          typedef struct { int8_t a; int16_t b; int32_t c; int64_t d; } ints;
          typedef struct { float x, y, z; } floats;
          typedef struct { float x; double y; char tag; } mixed;
          typedef struct { unsigned low : 3; unsigned high : 13; signed small : 4; bool set : 1; } bits;
          typedef struct { union { int64_t whole; double real; char bytes[8]; } value; int kind; } variant;
          typedef struct { int numbers[3]; ints inner; mixed pair[2]; } nested;
          typedef struct __attribute__((packed)) { char a; int b; } packed;
          typedef struct { char name[8]; const char *text; void *any; int (*f)(ints, int); } texts;
          ints ints_back(ints v) { v.a++; v.b++; v.c++; v.d++; return v; }
          floats floats_back(floats v) { v.x *= 2; v.y *= 3; v.z *= 4; return v; }
          mixed mixed_back(mixed v) { v.x += 1; v.y += 1; v.tag++; return v; }
          bits bits_back(bits v) { v.low ^= 7; v.high ^= 1; v.small--; v.set = !v.set; return v; }
          variant variant_back(variant v) { if (v.kind) v.value.real *= 2; else v.value.whole *= 2; return v; }
          nested nested_back(nested v) { v.numbers[2] = 9; v.inner.d = -1; v.pair[1].tag = 'z'; return v; }
          packed packed_back(packed v) { v.a++; v.b++; return v; }
          int call_with(int (*f)(ints, int), int64_t d) { return f((ints){1, 2, 3, d}, 5); }
          ints call_for(ints (*f)(int), int n) { ints v = f(n); v.d++; return v; }
          int run(texts *t) { return t->f((ints){1, 1, 1, 1}, (int)strlen(t->text)); }
          static int six(ints v, int n) { return 6 + n; }
          texts make_texts(void) { return (texts){\"ab\", \"größer\", NULL, six}; }
          int64_t many(int a, int b, int c, int d, int e, int f, int g, int h, int i, int j, double k, float l, int8_t m, uint8_t n)
          { return a + b + c + d + e + f + g + h + i + j + (int)k + (int)l + m + n; }
          uint8_t u8(uint8_t v) { return v; }
          int8_t i8(int8_t v) { return v; }
          uint16_t u16(uint16_t v) { return v; }
          uint32_t u32(uint32_t v) { return v; }
          uint64_t u64(uint64_t v) { return v; }
          int64_t i64(int64_t v) { return v; }
          char letter(char c) { return c + 1; }
          unsigned u8_sum(uint8_t (*f)(uint8_t), uint8_t v) { return f(v) + 1u; }
          static const char *list[] = {\"one\", \"zwei\", NULL};
          const char **names(void) { return list; }
          int count(const char *const *names) { int n = 0; while (names[n]) n++; return n; }
          void set_text(char **out) { *out = strdup(\"set\"); }
          int64_t sum_matrix(int64_t m[2][2]) { return m[0][0] + m[0][1] + m[1][0] + m[1][1]; }
          typedef struct node { int value; struct node *next; } node;
          int sum_list(const node *n) { int s = 0; for (; n; n = n->next) s += n->value; return s; }
          long double big(long double v) { return v; }
          void *same(void *p) { return p; }
          const int answer = 42;
          enum level { LOW = -1, HIGH = 3 };
          enum level other_level(enum level l) { return l == LOW ? HIGH : LOW; }
          double grid[2][3] = {{1, 2, 3}, {4, 5, 6}};
          typedef struct { const char *text; } label;
          typedef struct { label first, more[2]; const label *far; const int *numbers; } sign;
          const char *written(const sign *s, int n) { return n == 0 ? s->first.text : n == 1 ? s->more[1].text : s->far->text; }
          int numbered(const sign *s) { return s->numbers[0]; }
          int first(const int *v) { return v[0]; }
          void set(int *v) { v[0] = 7; }
          uint8_t octet(const uint8_t *v) { return v[0]; }
          typedef struct { long long v : 64; unsigned long long u : 64; } wide;
          wide wide_back(wide w) { return w; }
          enum high { TOP = 0x8000000000000000ull, TWO = 2 };
          enum high same_high(enum high h) { return h; }
          float same_float(float v) { return v; }
          double same_double(double v) { return v; }
          void upper(char *text) { for (; *text; text++) if (*text >= 'a') *text -= 32; }
          typedef struct pair_s { int a, b; } pair_t;
          typedef pair_t couple;
          typedef int number;
          int sum_pair(const couple *p) { return p->a + p->b; }
          pair_t spare = {3, 4};
          "))
(n/import-library! shapes :as 'c)

(defn- ffm? [] (= "FFM" (n/platform-label)))

(defn by-value []
  (same {:a -127 :b 1 :c 0 :d 5000000001} (c/ints_back {:a -128 :c -1 :d 5000000000}))
  (same {:x 2.0 :y 6.0 :z 12.0} (c/floats_back [1 2 3]))
  (same {:x 1.5 :y 3.25 :tag \b} (c/mixed_back {:x 0.5 :y 2.25 :tag \a}))
  (same {:low 2 :high 4098 :small -8 :set true} (c/bits_back {:low 5 :high 4099 :small -7}))
  (same 6 (:whole (:value (c/variant_back {:value {:whole 3}}))))
  (same 5.0 (:real (:value (c/variant_back {:value {:real 2.5} :kind 1}))))
  (same {:numbers [1 2 9] :inner {:a 1 :b 2 :c 3 :d -1}
         :pair [{:x 1.0 :y 2.0 :tag \x} {:x 3.0 :y 4.0 :tag \z}]}
        (c/nested_back {:numbers [1 2 3] :inner [1 2 3 4] :pair [[1 2 \x] [3 4 \y]]}))
  (same {:a \b :b 3} (c/packed_back {:a \a :b 2}))
  (same {:v -5 :u 18446744073709551615N} (c/wide_back {:v -5 :u 18446744073709551615N}))
  (same {:v Long/MIN_VALUE :u 0} (c/wide_back {:v Long/MIN_VALUE}))
  (let [kept (n/make shapes "ints" {:d 6})]
    (same 7 (:d (c/ints_back kept)))
    (same 6 (:d kept)))
  ;; Through callbacks: FFM can, JNA says so.
  (if (ffm?)
    (do (same 17 (c/call_with (fn [{:keys [a b c d]} n] (+ a b c d n)) 6))
        (same {:a 4 :b 5 :c 6 :d 8} (c/call_for (fn [n] {:a n :b (+ 1 n) :c (+ 2 n) :d (+ 3 n)}) 4))
        (let [thrown (try (c/call_for (fn [_] (throw (ex-info "planned" {:planned true}))) 1)
                          (catch ExceptionInfo e e))]
          (same {:planned true} (ex-data thrown)))
        (let [texts (c/make_texts)]
          (same 13 ((:f texts) {:a 1} 7))))
    (do (fails :unsupported ["by value" "JNA" "JDK 22"] (c/call_with (fn [_ _] 1) 6))
        (fails :unsupported ["by value" "JNA" "JDK 22"] (c/call_for (fn [_] {}) 6)))))

(defn- numbers []
  (same [0 255] (mapv c/u8 [0 255]))
  (same [-128 127] (mapv c/i8 [-128 127]))
  (same [0 65535] (mapv c/u16 [0 65535]))
  (same [0 4294967295] (mapv c/u32 [0 4294967295]))
  (same [0 9223372036854775807 9223372036854775808N 18446744073709551615N]
        (mapv c/u64 [0 9223372036854775807 9223372036854775808N 18446744073709551615N]))
  (same [Long/MIN_VALUE Long/MAX_VALUE] (mapv c/i64 [Long/MIN_VALUE Long/MAX_VALUE]))
  (doseq [[f value] [[c/u8 256] [c/u8 -1] [c/i8 128] [c/i8 -129] [c/u16 65536] [c/u32 4294967296]
                     [c/u64 18446744073709551616N] [c/u64 -1] [c/i64 9223372036854775808N]
                     [c/u8 1/2] [c/u8 nil] [c/u8 true]]]
    (fails :type ["argument 1, v"] (f value)))
  (same \b (c/letter \a))
  (same \b (c/letter 97))
  (same 256 (c/u8_sum (fn [v] v) 255))
  (same 78 (c/many 1 2 3 4 5 6 7 8 9 10 11.5 12.5 -1 1))
  (same :HIGH (c/other_level :LOW))
  (same :LOW (c/other_level 3))
  (same :TOP (c/same_high :TOP))
  (same 9223372036854775810N (c/same_high #{:TOP :TWO}))
  (same 9223372036854775810N (c/u64 #{:TOP :TWO}))
  (fails :type ["argument 1, v" "-2^63 to 2^63 - 1"] (c/i64 #{:TOP :TWO}))
  (same [Float/MAX_VALUE ##Inf ##-Inf] (mapv c/same_float [Float/MAX_VALUE ##Inf ##-Inf]))
  (holds (Float/isNaN (c/same_float ##NaN)))
  (fails :type ["argument 1, v" "is no float" "too large"] (c/same_float 1e300))
  (fails :type ["is no double" "too large"] (c/same_double 1e400M))
  (fails :type ["field :x" "too large"] (n/make shapes "floats" {:x -1e39}))
  (same 42 c/answer)
  (same [[1.0 2.0 3.0] [4.0 5.0 6.0]] @c/grid)
  (fails :unsupported ["big" "long double"] (c/big 1.0)))

(defn- pointers []
  (let [names (c/names)]
    (same ["one" "zwei" nil] (mapv #(nth names %) (range 3)))
    (same 2 (c/count names)))
  (same 2 (c/count ["ä" "b" nil]))
  (let [out (atom nil)]
    (c/set_text out)
    (same "set" @out))
  (same 10 (c/sum_matrix [[1 2] [3 4]]))
  (let [last-node (n/make shapes "node" {:value 3})
        node (n/make shapes "node" {:value 4 :next last-node})]
    (same 7 (c/sum_list node))
    (same 3 (:value (:next node)))
    (same 10 (c/sum_list {:value 1 :next {:value 9}}))
    (same nil (:next last-node))
    (holds (pr-str node)))
  (let [text (n/c-string "kept")
        place (n/make shapes "texts" {:name "abc" :text text :any (n/pointer 4096)})]
    (same ["abc" "kept" 4096] [(:name place) (:text place) (n/address (:any place))])
    (n/put! place :text "new" :name "12345678")
    (same ["12345678" "new"] [(:name place) (:text place)])
    (fails :type ["field :name" "too long"] (n/put! place :name "123456789"))
    (fails :type ["field :text"] (n/put! place :text 5)))
  (let [buffer (java.nio.ByteBuffer/allocateDirect 8)]
    (same (n/address (c/same buffer)) (n/address (c/same buffer))))
  (same nil (c/same nil))
  (fails :type ["void * does not say what is there"] @(c/same (n/array shapes :int 1)))
  (fails :type ["int * is indexed by number, not by :a"] (:a (n/array shapes :int 1)))
  (fails :type ["int * is indexed by number, not by :a"] (n/put! (n/array shapes :int 1) :a 1))
  (same :none (:a (n/array shapes :int 1) :none))
  ;; Where no structure is, it can be printed still.
  (same "#nlib/struct [ints 0x10]" (pr-str (n/cast-pointer shapes (n/pointer 16) "ints"))))

(defn- typedefs []
  (doseq [name ["pair_t" "couple" "pair_s"]]
    (same 3 (c/sum_pair (n/make shapes name {:a 1 :b 2})))
    (same 4 (n/offset-of shapes name :b))
    (same 8 (n/size-of shapes name)))
  (same [7 7] [(c/sum_pair (c/couple {:a 3 :b 4})) (c/sum_pair ((shapes :pair_t) {:a 3 :b 4}))])
  (holds (re-find #":b  int" (:doc (meta #'c/couple))))
  (same nil (resolve 'c/number))
  (fails :symbol ["no structure number"] (n/make shapes "number")))

(defn- variables []
  (same [3 4 :none] [(:a c/spare) (:b c/spare) (:c c/spare :none)])
  (n/put! c/spare :a 5)
  (same 9 (c/sum_pair c/spare))
  (fails :type ["pair_s has no field :c"] (:c c/spare))
  (fails :type ["the variable grid is no structure"] (:a c/grid))
  (fails :type ["the variable grid is no structure"] (n/put! c/grid :a 1)))

(defn- collect
  "Has the collector run, and other text take the place of what it gave back."
  []
  (dotimes [_ 5] (System/gc) (Thread/sleep 20))
  (dorun (repeatedly 3000 #(n/c-string "another text of that length"))))

(defn- kept
  "What is written into a structure is there as long as that is, whatever it was taken from."
  []
  (let [sign (n/make shapes "sign")
        label #(n/make shapes "label" {:text (str % " text of the same length")})
        native #(doto (java.nio.ByteBuffer/allocateDirect 4) (.order (ByteOrder/nativeOrder)) (.putInt 0 42))]
    (n/put! sign :first (label "one") :more [{:text "some"} (label "two")] :far (label "far")
            :numbers (.asIntBuffer ^ByteBuffer (native)))
    (collect)
    (same ["one text of the same length" "two text of the same length" "far text of the same length"]
          (mapv #(c/written sign %) (range 3)))
    (same 42 (c/numbered sign))))

(defn- counted
  "The bytes of native memory that the Java platform knows of, by which it runs the collector."
  []
  (reduce + (map #(.getMemoryUsed ^BufferPoolMXBean %)
                 (ManagementFactory/getPlatformMXBeans BufferPoolMXBean))))

(defn- large []
  (let [before (counted)
        bytes (n/array shapes :int8 10000000)]
    (n/put! bytes 9999999 7)
    (same 7 (.get (n/byte-buffer bytes 10000000) 9999999))
    (same 0 (nth bytes 9999998))
    (holds (<= (+ before 10000000) (counted)))
    (n/put! bytes 0 1)))

(defn- buffers []
  (let [text (n/c-string "größe")]
    (c/upper text)
    (same "GRößE" (n/text text)))
  (fails :type ["upper, argument 1, text" "\"abc\" (String) is no char *" "C may write there"] (c/upper "abc"))
  (let [native #(.order (ByteBuffer/allocateDirect 8) (ByteOrder/nativeOrder))
        other #(ByteBuffer/allocateDirect 8)
        swapped ["(.order (ByteOrder/nativeOrder))"]]
    (same 1 (c/first (.asIntBuffer (doto ^ByteBuffer (native) (.putInt 0 1)))))
    (same 1 (c/first (doto ^ByteBuffer (native) (.putInt 0 1))))
    (same 5 (c/octet (doto ^ByteBuffer (other) (.put 0 (byte 5)))))
    (holds (c/same (other)))
    (fails :type swapped (c/first (.asIntBuffer ^ByteBuffer (other))))
    (fails :type swapped (c/first (other)))
    (fails :type swapped (c/same (.asIntBuffer ^ByteBuffer (other))))
    (same 0 (c/first (.asReadOnlyBuffer (.asIntBuffer ^ByteBuffer (native)))))
    (fails :type ["read-only"] (c/set (.asReadOnlyBuffer ^ByteBuffer (native))))
    (fails :type ["read-only"] (c/same (.asReadOnlyBuffer ^ByteBuffer (native))))))

(defn edges []
  (numbers)
  (pointers)
  (typedefs)
  (variables)
  (kept)
  (large)
  (buffers))
