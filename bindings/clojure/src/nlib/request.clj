(ns nlib.request
  "What is asked for, as options of Clojure's, written as the structures nlib_options and nlib_request."
  (:require [clojure.string :as string]
            [nlib.error :refer [fail]]
            [nlib.memory :as memory]
            [nlib.platform :refer [platform]])
  (:import (java.io File)
           (java.nio.file Path)
           (nlib.memory Addressed Keeper)
           (nlib.platform Platform)))

(set! *warn-on-reflection* true)

;; ---- Values of options ------------------------------------------------------------------------------

(defn- text
  "What an option says: text, a keyword's or symbol's name, the path of a file."
  [value]
  (cond
    (string? value) value
    (instance? clojure.lang.Named value) (name value)
    (instance? File value) (.getPath ^File value)
    (instance? Path value) (str value)
    (number? value) (str value)
    :else (fail :argument (str (pr-str value) " is no text, name or file"))))

(defn- texts [value]
  (if (or (sequential? value) (set? value)) (map text value) [(text value)]))

(defn- pairs
  "Of a map, or of a sequence of names. A value of nil or true is none, one of false leaves the name away."
  [value]
  (cond
    (map? value) (for [[name given] value :when (not (false? given))]
                   [(text name) (when-not (or (nil? given) (true? given)) (text given))])
    (or (sequential? value) (set? value)) (for [name value] [(text name) nil])
    :else (fail :argument (str (pr-str value) " is no map of names to values"))))

(defn check-options
  "Refuses options that nobody knows."
  [what known options]
  (doseq [option (keys options)]
    (when-not (contains? known option)
      (fail :argument (str what " has no option " (pr-str option) ". It has "
                           (string/join ", " (map pr-str (sort known))) ".")
            {:nlib/near (vec (sort known))}))))

;; ---- Memory -----------------------------------------------------------------------------------------

(def ^:private ^Platform bytes-of platform)

(defn- pointer ^long [value ^Keeper keeper]
  (if (nil? value) 0 (memory/claim-text (text value) keeper)))

(defn- put-text [^long at value keeper]
  (.set64 bytes-of at (pointer value keeper)))

(defn- put-list
  "An array of `size` bytes for each of the items, which `write` writes, and how many there are."
  [at items size write ^Keeper keeper]
  (let [items (vec items)
        at (long at)
        size (long size)
        start (.claim keeper (* size (count items)) 8)]
    (dotimes [index (count items)]
      (write (+ start (* size index)) (nth items index)))
    (.set64 bytes-of at (if (empty? items) 0 start))
    (.set64 bytes-of (+ at 8) (count items))))

(defn- put-texts [at value keeper]
  (when (some? value)
    (put-list at (texts value) 8 (fn [^long at item] (put-text at item keeper)) keeper)))

(defn- put-pairs [at value keeper]
  (when (some? value)
    (put-list at (pairs value) 16
              (fn [^long at [name given]]
                (put-text at name keeper)
                (put-text (+ at 8) given keeper))
              keeper)))

(defn- put-choice [^long at option value choices]
  (when (some? value)
    (.set32 bytes-of at (or (choices (keyword value))
                            (fail :argument (str option " is one of " (string/join ", " (sort (keys choices)))
                                                 ", not " (pr-str value)))))))

(defn- put-flag [^long at value] (.set32 bytes-of at (if value 1 0)))

;; ---- nlib_request -----------------------------------------------------------------------------------

(def load-options
  "The options of a load."
  #{:source :library :manifest :manifest-text :manifest-folder :code :sources :language :name :profile :flags
    :defines :include-dirs :with :system-libraries :features :options :host-symbols :overlays :linker
    :auto-libraries :default-features :context})

(defn- source-map
  "One of :sources as path, name, language and bytes."
  [source]
  (if-not (map? source)
    {:path (text source)}
    (let [{:keys [path code data]} source]
      (check-options "A source" #{:path :code :data :name :language} source)
      (when-not (= 1 (count (filter some? [path code data])))
        (fail :argument (str "a source has one of :path, :code and :data: " (pr-str (dissoc source :data)))))
      (when-not (or (nil? code) (string? code))
        (fail :argument (str ":code is text, not " (pr-str code))))
      (when-not (or (nil? data) (bytes? data))
        (fail :argument (str ":data is an array of bytes, not " (pr-str data))))
      (assoc source :data (or data (when code (.getBytes ^String code "UTF-8")))))))

(defn- put-source [^long at {:keys [path name language data]} ^Keeper keeper]
  (put-text at path keeper)
  (put-text (+ at 8) name keeper)
  (put-text (+ at 16) language keeper)
  (when data
    (let [start (.claim keeper (max 1 (alength ^bytes data)) 1)]
      (when (pos? (alength ^bytes data)) (.setArray bytes-of start data))
      (.set64 bytes-of (+ at 24) start)
      (.set64 bytes-of (+ at 32) (alength ^bytes data)))))

(defn- sources
  "What the options name as sources, when it is more than a path."
  [{:keys [source sources code language name]}]
  (cond
    code [(source-map {:code code :language language :name (when name (str name))})]
    sources (map source-map (if (sequential? sources) sources [sources]))
    (and source language) [(source-map {:path source :language language})]))

(defn- named
  "The option that says what is to be loaded."
  [options]
  (let [given (filter #(some? (options %)) [:source :library :manifest :manifest-text :code :sources])]
    (when-not (= 1 (count given))
      (fail :argument
            (if (empty? given)
              "say what to load: :source, :library, :manifest, :manifest-text, :code or :sources"
              (str "only one of " (string/join ", " given) " can say what to load"))))
    (first given)))

(defn- put-host-symbol [^long at [name symbol] ^Keeper keeper]
  (when-not (instance? Addressed symbol)
    (fail :argument (str "the host symbol " (text name) " is no function or memory of C's: " (pr-str symbol)
                         ". Make one with nlib.core/callback.")))
  (put-text at name keeper)
  (.set64 bytes-of (+ at 8) (.address ^Addressed symbol)))

(defn claim-request
  "The address of an nlib_request for the options of a load."
  ^long [options ^Keeper keeper]
  (check-options "A load" load-options options)
  (let [size 224
        at (.claim keeper size 8)
        what (named options)
        sources (sources options)]
    (.set64 bytes-of at size)
    (when (and (#{:source :library :manifest} what) (not sources))
      (put-text (+ at 8) (options what) keeper))
    (put-text (+ at 16) (:manifest-text options) keeper)
    (put-text (+ at 24) (:manifest-folder options) keeper)
    (when sources
      (put-list (+ at 32) sources 40 (fn [at source] (put-source at source keeper)) keeper))
    (put-text (+ at 48) (:name options) keeper)
    (put-text (+ at 56) (:profile options) keeper)
    (put-texts (+ at 64) (:flags options) keeper)
    (put-pairs (+ at 80) (:defines options) keeper)
    (put-texts (+ at 96) (:include-dirs options) keeper)
    (put-texts (+ at 112) (:with options) keeper)
    (put-texts (+ at 128) (:system-libraries options) keeper)
    (put-texts (+ at 144) (:features options) keeper)
    (put-pairs (+ at 160) (:options options) keeper)
    (when-let [symbols (:host-symbols options)]
      (put-list (+ at 176) symbols 16 (fn [at symbol] (put-host-symbol at symbol keeper)) keeper))
    (put-texts (+ at 192) (:overlays options) keeper)
    (put-choice (+ at 208) :linker (:linker options) {:auto 0 :jit 1 :image 2})
    (put-flag (+ at 212) (:auto-libraries options))
    (put-flag (+ at 216) (false? (:default-features options)))
    at))

;; ---- nlib_options -----------------------------------------------------------------------------------

(def context-options
  "The options of a context."
  #{:cache-directory :worker :project-folder :profile :library-path :cache :offline :jobs :log :progress})

(defn- jobs ^long [value]
  (cond
    (nil? value) 0
    (and (integer? value) (<= 0 value Integer/MAX_VALUE)) (long value)
    :else (fail :argument (str ":jobs is a number of compilers, not " (pr-str value)))))

(defn claim-options
  "The address of an nlib_options. `log` and `progress` are addresses of callbacks, or 0."
  ^long [options log progress ^Keeper keeper]
  (check-options "A context" context-options options)
  (let [size 104
        at (.claim keeper size 8)]
    (.set64 bytes-of at size)
    (put-text (+ at 8) (:cache-directory options) keeper)
    (put-text (+ at 16) (:worker options) keeper)
    (put-text (+ at 24) (:project-folder options) keeper)
    (put-text (+ at 32) (:profile options) keeper)
    (put-texts (+ at 40) (:library-path options) keeper)
    (put-choice (+ at 56) :cache (:cache options) {:default 0 :on 1 :off 2 :read-only 3 :recache 4})
    (put-flag (+ at 60) (:offline options))
    (.set32 bytes-of (+ at 64) (jobs (:jobs options)))
    (.set64 bytes-of (+ at 72) (long log))
    (.set64 bytes-of (+ at 88) (long progress))
    at))
