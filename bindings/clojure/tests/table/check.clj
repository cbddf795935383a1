(ns table.check
  "What the cells check with."
  (:require [clojure.java.io :as io]
            [nlib.core :as n]))

(def checks "How many checks held." (atom 0))

(defmacro same
  "Fails unless both are equal."
  [expected actual]
  `(let [expected# ~expected, actual# ~actual]
     (when-not (= expected# actual#)
       (throw (AssertionError. (str (pr-str '~actual) "\n  gave     " (pr-str actual#)
                                    "\n  expected " (pr-str expected#)))))
     (swap! checks inc)
     actual#))

(defmacro holds
  "Fails unless it is true."
  [form]
  `(let [value# ~form]
     (when-not value# (throw (AssertionError. (str "does not hold: " (pr-str '~form) ", which gave " (pr-str value#)))))
     (swap! checks inc)
     value#))

(defmacro fails
  "Fails unless the form throws ex-info of the kind whose message has all of the `parts`. Gives it."
  [kind parts & body]
  `(let [thrown# (try ~@body ::none (catch clojure.lang.ExceptionInfo e# e#))]
     (when (= ::none thrown#)
       (throw (AssertionError. (str (pr-str '~(last body)) " threw nothing"))))
     (same ~kind (:nlib/kind (ex-data thrown#)))
     (doseq [part# ~parts]
       (when-not (.contains (str (ex-message thrown#)) ^String part#)
         (throw (AssertionError. (str "the message has no " (pr-str part#) ":\n" (ex-message thrown#))))))
     thrown#))

(defn fixture
  "The path of a fixture."
  [name]
  (str (io/file (System/getenv "NLIB_FIXTURES") name)))

(defn kit
  "kit.c, loaded."
  []
  (n/load-native-library :source (fixture "kit.c")))
