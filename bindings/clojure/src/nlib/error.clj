(ns nlib.error
  "Errors: of nlib's as ex-info, and this package's own.

  The data of each has :nlib/kind. Those of nlib's: :compile :usage :manifest :link :toolchain :io :symbol
  :ambiguous :in-use :unloaded :argument :handle :cancelled :internal. This package's: :arity and :type (the
  arguments of a call), :exception (of C++), :callback (a callback failed on another thread), :closed,
  :unsupported (beyond what the platform can call), :platform (no way to call native code).
  :nlib/diagnostics is a vector of maps: :file :line :column :severity :text :option :library :unit;
  :nlib/near one of names."
  (:require [clojure.string :as string]
            [nlib.memory :as memory :refer [with-frame]]
            [nlib.native :as native]
            [nlib.platform :refer [platform]])
  (:import (nlib.platform Platform)))

(set! *warn-on-reflection* true)

(def ^:private kinds
  {1 :compile, 2 :usage, 3 :manifest, 4 :link, 5 :toolchain, 6 :io, 7 :symbol, 8 :ambiguous, 9 :in-use,
   10 :unloaded, 11 :argument, 12 :handle, 13 :cancelled, 70 :internal})

(def ^:private severities {1 :remark, 2 :note, 3 :warning, 4 :error})

(defn fail
  "Throws an error of a kind, with more data where there is some. It has no cause: prompts show the innermost
  one instead of the message."
  ([kind message] (fail kind message nil))
  ([kind message data] (throw (ex-info message (assoc data :nlib/kind kind)))))

;; nlib_diagnostic
(def ^:private ^:const diagnostic-size 64)

(defn- present [text] (when-not (= "" text) text))

(defn- diagnostic
  "The one that is written at an address."
  [^long at]
  (let [^Platform memory platform
        text (fn [^long offset] (memory/text-at (.get64 memory (+ at offset))))]
    {:severity (severities (.get32 memory (+ at 8)))
     :file (present (text 24))
     :line (.get32 memory (+ at 12))
     :column (.get32 memory (+ at 16))
     :text (text 32)
     :option (present (text 40))
     :library (present (text 48))
     :unit (present (text 56))}))

(defn- diagnostics [error]
  (with-frame [frame]
    (let [at (.claim frame diagnostic-size 8)]
      (.set64 ^Platform platform at diagnostic-size)
      (loop [index 0, found []]
        (if (zero? (long (native/nlib_error_diagnostic error index at)))
          found
          (recur (inc index) (conj found (diagnostic at))))))))

(defn- near [error]
  (into [] (comp (map #(memory/text-at (native/nlib_error_near error %))) (take-while some?)) (range)))

(defn- with-others
  "The message, which has the first diagnostic, and the others below it; twenty at most."
  [message diagnostics]
  (let [shown (for [{:keys [file line column severity text]} diagnostics
                    :when (not (string/includes? message text))]
                (str (when file (str file ":" line ":" column ": ")) (name severity) ": " text))
        more (- (count shown) 20)]
    (string/join "\n" (concat [message]
                              (take 20 shown)
                              (when (pos? more) [(str "and " more " more, see :nlib/diagnostics")])))))

(defn as-exception
  "The exception for an nlib_error, which is freed."
  [error]
  (try
    (let [kind (long (native/nlib_error_get_kind error))
          found (diagnostics error)
          names (near error)]
      (ex-info (with-others (memory/text-at (native/nlib_error_message error)) found)
               (cond-> {:nlib/kind (kinds kind :internal)}
                 (seq found) (assoc :nlib/diagnostics found)
                 (seq names) (assoc :nlib/near names))))
    (finally (native/nlib_error_free error))))

(defn check
  "Throws what a function of nlib's gave, unless it is NULL."
  [error]
  (when-not (zero? (long error))
    (throw (as-exception error))))

(defn kind
  "The :nlib/kind of an exception, nil when it is another's."
  [exception]
  (:nlib/kind (ex-data exception)))
