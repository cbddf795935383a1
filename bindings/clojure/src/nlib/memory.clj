(ns nlib.memory
  "Where the memory of values lies and how long it lives: the frame of a call, or what its owner keeps."
  (:require [nlib.platform :refer [platform]])
  (:import (java.nio.charset StandardCharsets)
           (java.util ArrayList)
           (nlib.platform Owned Platform)))

(set! *warn-on-reflection* true)

;; Has a place in memory.
(definterface Addressed
  ;; Throws when what was there is gone.
  (^long address [])
  ;; What lies there: a type, or nil when that is not known.
  (^Object pointee []))

;; Gives memory that lives as long as the keeper does.
(definterface Keeper
  ;; Zeroed.
  (^long claim [^long size ^long alignment])
  ;; Keeps `thing` from being collected.
  (^void hold [thing]))

;; ---- What a value owns ------------------------------------------------------------------------------

;; Its memory is given back when the store is collected.
(deftype Store [^ArrayList held]
  Keeper
  (claim [_ size alignment]
    (let [^Owned owned (.own ^Platform platform size alignment)]
      (locking held (.add held owned))
      (.address owned)))
  (hold [_ thing] (locking held (.add held thing)) nil))

(defn store
  "A keeper whose memory lives as long as it is reachable."
  ^Store []
  (Store. (ArrayList.)))

;; ---- What a call needs ------------------------------------------------------------------------------

(definterface Frame
  (^long top [])
  (^long depth [])
  (^void enter [])
  ;; Gives back what was claimed since.
  (^void leave [^long top ^long spilled ^long pending])
  (^long spilled [])
  ;; Work for after the call, in the order in which it was given.
  (^void after [work])
  (^long afterCount [])
  (^void runAfter [^long from])
  ;; The first failure of a callback since the innermost call began.
  (^Object failure [])
  (^void setFailure [failure]))

(def ^:private ^:const stack-size 65536)

;; One for each thread: a stack of memory, and what happens in the call that runs.
(deftype CallFrame [^Owned stack
                    ^:unsynchronized-mutable ^long position
                    ^:unsynchronized-mutable ^long calls
                    ^ArrayList beyond
                    ^ArrayList pending
                    ^:unsynchronized-mutable thrown]
  Keeper
  (claim [_ size alignment]
    (let [mask (dec (max 1 alignment))
          start (bit-and (+ position mask) (bit-not mask))
          end (+ start size)]
      (if (<= end (+ (.address stack) stack-size))
        (do (set! position end)
            (.zero ^Platform platform start size)
            start)
        (let [^Owned owned (.own ^Platform platform size alignment)]
          (.add beyond owned)
          (.address owned)))))
  (hold [_ thing] (.add beyond thing) nil)
  Frame
  (top [_] position)
  (depth [_] calls)
  (enter [_] (set! calls (inc calls)) nil)
  (leave [_ top spilled after]
    (set! calls (dec calls))
    (set! position top)
    (while (> (.size beyond) spilled) (.remove beyond (int (dec (.size beyond)))))
    (while (> (.size pending) after) (.remove pending (int (dec (.size pending)))))
    nil)
  (spilled [_] (long (.size beyond)))
  (after [_ work] (.add pending work) nil)
  (afterCount [_] (long (.size pending)))
  (runAfter [_ from]
    (loop [index from]
      (when (< index (.size pending))
        ((.get pending (int index)))
        (recur (inc index))))
    nil)
  (failure [_] thrown)
  (setFailure [_ failure] (set! thrown failure) nil))

(def ^:private ^ThreadLocal frames
  (proxy [ThreadLocal] []
    (initialValue []
      (let [^Owned stack (.own ^Platform platform stack-size 16)]
        (CallFrame. stack (.address stack) 0 (ArrayList.) (ArrayList.) nil)))))

(defn frame
  "The frame of this thread."
  ^nlib.memory.CallFrame []
  (.get frames))

(defn with-frame*
  "Calls `body` with this thread's frame, whose memory is given back afterwards."
  [body]
  (let [frame (frame)
        top (.top frame)
        spilled (.spilled frame)
        after (.afterCount frame)]
    (.enter frame)
    (try (body frame)
         (finally (.leave frame top spilled after)))))

(defmacro with-frame
  "Evaluates `body` with `name` bound to this thread's frame, a keeper until the end of the body."
  [[name] & body]
  `(with-frame* (fn [~(with-meta name {:tag 'nlib.memory.CallFrame})] ~@body)))

;; ---- Text -------------------------------------------------------------------------------------------

(defn claim-text
  "The address of `text` in UTF-8 with a NUL byte after it, in memory of the keeper's. Text that holds a NUL
  character would end there, and is refused."
  ^long [^String text ^Keeper keeper]
  (when (<= 0 (.indexOf text 0))
    (throw (ex-info (str "text for C ends at its first NUL character, but " (pr-str text) " goes on after one")
                    {:nlib/kind :type :nlib/value text})))
  (let [bytes (.getBytes text StandardCharsets/UTF_8)
        address (.claim keeper (inc (alength bytes)) 1)]
    (when (pos? (alength bytes))
      (.setArray ^Platform platform address bytes))
    address))

(defn text-at
  "The UTF-8 text at an address; nil at 0."
  [^long address]
  (when-not (zero? address) (.getText ^Platform platform address)))
