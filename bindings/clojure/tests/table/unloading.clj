(ns table.unloading
  "Cells about ends: unload, after-unload, unload-in-callback."
  (:require [clojure.java.io :as io]
            [nlib.core :as n]
            [table.check :as check :refer [fails holds same]]))

(def ^:private ending
  "#include <stdio.h>
   int one(void) { return 1; }
   int text_length(const char *text) { int n = 0; while (text[n]) n++; return n; }
   const char *name = \"ending\";
   struct pair { int a, b; } pairs[2] = {{1, 2}, {3, 4}};
   struct pair *first_pair(void) { return pairs; }
   __attribute__((destructor)) static void end(void) { fclose(fopen(\"ended\", \"w\")); }")

(defn- load-ending []
  (spit "ending.c" ending)
  (n/load-native-library :source "ending.c"))

(defn- ended? [] (.delete (io/file "ended")))

(defn unload []
  (let [library (load-ending)]
    (same 1 (n/call library "one"))
    (same true (n/loaded? library))
    (same false (ended?))
    (same nil (n/unload! library))
    (same true (ended?))
    (same false (n/loaded? library)))
  (with-open [library (load-ending)]
    (same 1 (n/call library "one"))
    (same false (ended?)))
  (same true (ended?))
  (n/with-scope
    (let [library (n/scoped (load-ending))]
      (same 1 (n/call library "one"))))
  (same true (ended?))
  ;; Two handles: the code stays until both are given up.
  (let [first (load-ending), second (load-ending)]
    (fails :in-use [] (n/unload! first))
    (same 1 (n/call first "one"))
    (same 1 (n/call second "one"))
    (same false (ended?))))

(defn after-unload []
  (let [library (load-ending)
        one (library :one)
        length (library :text_length)
        typed (n/function library "one" [] :int)
        name (library :name)
        pair (n/call library "first_pair")
        pointer (n/symbol library "one")]
    (same [1 1 3 "ending" 2] [(one) (typed) (length "abc") @name (:b pair)])
    (n/unload! library)
    (fails :unloaded ["ending was unloaded" "reload!"] (one))
    (fails :unloaded ["ending"] (typed))
    (fails :unloaded ["ending"] (length "abc"))
    (fails :unloaded ["ending"] (n/call library "text_length" "abc"))
    (fails :unloaded ["ending"] (library :one))
    (fails :unloaded ["ending"] (n/symbol library "one"))
    (fails :unloaded ["ending"] (n/symbols library))
    (fails :unloaded ["ending"] (n/names library))
    (fails :unloaded ["ending"] (n/unload! library))
    (fails :unloaded ["ending"] @name)
    (fails :unloaded ["ending"] (:b pair))
    (fails :unloaded ["ending"] @pair)
    (fails :unloaded ["ending"] (n/address pointer))
    (same "#nlib/library [ending, unloaded]" (pr-str library))
    (holds (pr-str pair))
    (same nil (n/close! library))
    (n/reload! library)
    (same [1 "ending"] [(one) @name])))

(defn in-callback []
  (let [library (check/kit)
        refused (atom nil)
        each (library :kit_each)
        visit (fn [_ _ _]
                (reset! refused (try (n/unload! library) (catch clojure.lang.ExceptionInfo e e)))
                9)]
    (same 9 (each [{:x 1}] 1 visit nil))
    (same :in-use (:nlib/kind (ex-data @refused)))
    (holds (re-find #"kit cannot be unloaded while" (ex-message @refused)))
    (same 3 (n/call library "kit_add" 1 2))
    ;; Of another thread, while a call runs.
    (let [inside (promise), go (promise)
          running (future (each [{:x 1}] 1 (fn [_ _ _] (deliver inside true) @go) nil))]
      @inside
      (fails :in-use ["kit"] (n/unload! library))
      (deliver go 4)
      (same 4 @running))
    (same nil (n/unload! library))
    (fails :unloaded ["kit"] (each [{:x 1}] 1 visit nil))))
