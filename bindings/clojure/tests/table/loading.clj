(ns table.loading
  "Cells about loading: load, error, retry, reload, bad-header."
  (:require [clojure.java.io :as io]
            [clojure.string :as string]
            [nlib.core :as n]
            [table.check :refer [fails fixture holds kit same]]))

(defn loads []
  (let [kit (kit)]
    (same "kit" (n/library-name kit))
    (same 3 (kit :KIT_VERSION))
    (same 3 (:KIT_VERSION kit))
    (same "#nlib/library [kit]" (pr-str kit)))
  (holds (re-matches #"\d+\.\d+\.\d+" (n/version)))
  (let [sqlite (n/load-native-library "sqlite3")]
    (same "sqlite3" (n/library-name sqlite))
    (holds (re-matches #"3\.\d+\.\d+" (n/call sqlite "sqlite3_libversion"))))
  (let [code (n/load-native-library {:code "int three(void) { return 3; }" :name "three.c"})]
    (same 3 (n/call code "three")))
  (let [task (n/load-native-library-async :code "int four(void) { return FOUR; }" :defines {:FOUR 4})]
    (same 4 (n/call @task "four"))
    (same true (realized? task))
    (same false (future-cancelled? task))
    (same 4 (n/call (deref task 0 nil) "four")))
  (let [task (n/load-native-library-async :code "int five(void) { return fife; }" :name "five.c")]
    (fails :compile ["five.c:1:25" "fife"] @task))
  ;; A compile that cannot end by itself is given up.
  (let [task (n/load-native-library-async
              :code "template <int N> struct Two { static constexpr long value = Two<N - 1>::value + Two<N - 2>::value + N; };
                     template <> struct Two<0> { static constexpr long value = 1; };
                     template <> struct Two<1> { static constexpr long value = 1; };
                     constexpr long slow(long n) { long sum = 0; for (long i = 0; i < n; i++) sum += i % 7; return sum; }
                     extern \"C\" long never() { constexpr long sum = slow(1L << 60); return sum; }"
              :language "c++"
              :flags ["-fconstexpr-steps=2147483647"])]
    (same true (future-cancel task))
    (fails :cancelled [] @task)
    (same true (future-cancelled? task))
    (same false (future-cancel task))))

(defn options []
  (let [messages (atom [])
        steps (atom [])]
    (with-open [context (n/open-context :cache :off
                                        :log #(swap! messages conj %)
                                        :progress #(swap! steps conj %))]
      (let [library (n/load-native-library :code "int seven(void) { return SEVEN + seven_more; }
                                                  #include \"more.h\""
                                           :context context
                                           :include-dirs [(doto (io/file "include") .mkdir)]
                                           :flags ["-DSEVEN=3" "-include" "early.h"]
                                           :defines {"unused" nil :never false}
                                           :profile :dev
                                           :linker :jit
                                           :name (do (spit "include/more.h" "int unused_too;")
                                                     (spit "include/early.h" "static const int seven_more = 4;")
                                                     "seven.c"))]
        (same 7 (n/call library "seven"))
        (same :jit (n/linked-by library))))
    (holds (some #(= :loaded (:kind %)) @steps))
    (holds (some #(and (= :unit-ready (:kind %)) (pos? (:elapsed-ns %))) @steps))
    (holds (every? #(string? (:message %)) @messages)))
  ;; Several sources, one of them in memory, and a function of Clojure's that they use.
  (spit "half.c" "int half(int n) { return n / 2; }")
  (let [log (n/callback [:int] :int (fn [value] (* 10 value)))
        library (n/load-native-library
                 :sources ["half.c" {:code "int half(int); int host(int); int both(int n) { return host(half(n)); }"
                                     :name "both.c"}]
                 :name "both"
                 :host-symbols {"host" log})]
    (same 30 ((n/function library "both" [:int] :int) 6)))
  (let [library (n/load-native-library
                 :manifest-text "{\"manifest-version\": 1, \"name\": \"nine\", \"units\": [{\"src\": \"nine.c\"}],
                                  \"features\": {\"ten\": {\"defines\": {\"TEN\": \"1\"}}}}"
                 :manifest-folder (do (spit "nine.c" "#ifdef TEN\nint nine(void) { return 10; }\n#else\nint nine(void) { return 9; }\n#endif")
                                      ".")
                 :features [:ten])]
    (same 10 ((n/function library "nine" [] :int))))
  (fails :argument [":sauce" ":source"] (n/load-native-library :sauce "kit.c"))
  (fails :argument ["say what to load"] (n/load-native-library :profile :dev))
  (fails :argument ["only one of"] (n/load-native-library :source "a.c" :code "int a;"))
  (fails :argument ["has no value"] (n/load-native-library "sqlite3" :profile))
  (fails :argument [":linker" ":fast"] (n/load-native-library :source "half.c" :linker :fast))
  (fails :manifest ["nlib.json"] (n/load-native-library
                                  :manifest (do (spit "nlib.json" "{\"manifest-version\": 1, \"nam\": 2}") "./nlib.json"))))

(defn compile-error []
  (spit "broken.c" "int area(int side) {\n    return side * sied;\n}\n")
  (let [error (fails :compile ["broken.c:2:19" "use of undeclared identifier 'sied'"]
                     (n/load-native-library :source "broken.c"))
        [found] (:nlib/diagnostics (ex-data error))]
    (same {:line 2 :column 19 :severity :error :text "use of undeclared identifier 'sied'" :library "broken"}
          (select-keys found [:line :column :severity :text :library]))
    (holds (string/ends-with? (:file found) "broken.c"))
    ;; As people see it at a REPL.
    (let [shown (with-out-str
                  (binding [*err* *out*]
                    (clojure.main/repl-caught error)))]
      (holds (string/includes? shown "use of undeclared identifier 'sied'"))))
  ;; Of several errors each is shown.
  (fails :compile ["two.c:1:22: error: use of undeclared identifier 'a'" "two.c:2:22: error: " "'b'"]
         (n/load-native-library :code "int f(void) { return a; }\nint g(void) { return b; }" :name "two.c"))
  (let [error (fails :link ["missing_thing"]
                     (n/load-native-library :code "int missing_thing(void); int thing(void) { return missing_thing(); }"))]
    (holds (ex-message error))))

(defn retry []
  (spit "area.c" "int area(int side) { return side * sied; }")
  (fails :compile ["sied"] (n/load-native-library :source "area.c"))
  (fails :compile ["sied"] (n/load-native-library :source "area.c"))
  (spit "area.c" "int area(int side) { return side * side; }")
  (same 36 (n/call (n/load-native-library :source "area.c") "area" 6)))

(def ^:private one-and-two
  ["/** One. */ int number(void) { return 1; }"
   "typedef struct pair { int first, second; } pair; int number(void) { return 2; }
    int second(const pair *pair) { return pair->second; }"])

(defn reload []
  (spit "number.c" (first one-and-two))
  (let [library (n/load-native-library :source "number.c")
        held (library :number)]
    (n/defcfn library number "number")
    (n/import-library! library :as 'numbers)
    (same 1 (number))
    (same 1 (held))
    (same 1 ((resolve 'numbers/number)))
    ;; Nothing changed: nothing happens.
    (n/reload! library)
    (same 1 (number))
    ;; A source that does not compile leaves everything as it was.
    (spit "number.c" "int number(void) { return }")
    (fails :compile ["number.c:1:"] (n/reload! library))
    (same 1 (number))
    (spit "number.c" (second one-and-two))
    (n/reload! library)
    (same 2 (number))
    (same 2 (held))
    (same 2 ((resolve 'numbers/number)))
    (same 8 ((resolve 'numbers/second) {:second 8}))
    ;; The code before is ended, where that is wanted.
    (spit "number.c" "#include <stdio.h>
                      int number(void) { return 3; }
                      __attribute__((destructor)) static void end(void) { fclose(fopen(\"ended\", \"w\")); }")
    (n/reload! library :unload true)
    (same 3 (number))
    (same false (.exists (io/file "ended")))
    (spit "number.c" "int number(void) { return 4; }")
    (n/reload! library :unload true)
    (same 4 (number))
    (same true (.exists (io/file "ended")))
    ;; After unload!, reload! brings it back.
    (n/unload! library)
    (fails :unloaded ["number"] (number))
    (n/reload! library)
    (same 4 (number))))

(defn bad-header []
  (spit "odd.h" "int odd(int value);\nint broken(unknown_type value);\n")
  (spit "odd.c" "int odd(int value) { return value % 2; }\n")
  (let [library (n/load-native-library :source "odd.c")
        error (fails :compile ["odd.h:2:12" "unknown_type" "give the types"] (n/call library "odd" 3))
        [found] (:nlib/diagnostics (ex-data error))]
    (same [2 12 :error] ((juxt :line :column :severity) found))
    (fails :compile ["odd.h:2:12"] (library :odd))
    (fails :compile ["odd.h:2:12"] (n/names library))
    (let [odd (n/function library "odd" [:int] :int)]
      (same 1 (odd 3))
      (fails :arity ["1 argument, not 2"] (odd 3 4)))
    ;; Corrected, it is typed.
    (spit "odd.h" "int odd(int value);\n")
    (n/reload! library)
    (same 1 (n/call library "odd" 5))))
