(ns nlib.import
  "The members of a library as vars of a namespace. What a var stands for, and its documentation, is looked up
  when it is first used."
  (:require [clojure.string :as string]
            [nlib.error :refer [fail]]
            [nlib.function :as function]
            [nlib.interface :as interface]
            [nlib.layout :as layout]
            [nlib.library :as library]
            [nlib.object :as object]
            [nlib.record :as record])
  (:import (clojure.lang IObj IPersistentMap MapEntry)
           (nlib.generation Generation)
           (nlib.library Library)))

(set! *warn-on-reflection* true)

;; ---- Documentation on demand ------------------------------------------------------------------------

(def ^:private on-demand #{:doc :arglists :deprecated})

;; The metadata of a var: `known` is there, `more` is a delay of what it takes a look at the interface to say.
(deftype LazyMetadata [known more]
  IPersistentMap
  (assoc [_ key value]
    (LazyMetadata. (assoc known key value) (if (on-demand key) (delay (dissoc @more key)) more)))
  (assocEx [this key value]
    (when (.containsKey this key) (throw (IllegalArgumentException. "Key already present")))
    (.assoc this key value))
  (without [_ key] (LazyMetadata. (dissoc known key) (delay (dissoc @more key))))
  (containsKey [_ key] (or (contains? known key) (and (contains? on-demand key) (contains? @more key))))
  (entryAt [this key] (when (.containsKey this key) (MapEntry/create key (.valAt this key))))
  (count [_] (count (merge @more known)))
  (cons [_ entry] (conj (merge @more known) entry))
  (empty [_] {})
  (equiv [_ other] (= (merge @more known) other))
  (seq [_] (seq (merge @more known)))
  (valAt [this key] (.valAt this key nil))
  (valAt [_ key default]
    (if (contains? known key)
      (get known key)
      (if (on-demand key) (get @more key default) default)))
  (iterator [_] (.iterator ^Iterable (merge @more known))))

(defn- function-metadata [generation name]
  (let [items (interface/of-kind generation "function" name)]
    {:doc (function/documentation items)
     :arglists (function/arglists items)}))

(defn- record-metadata [generation name]
  (let [name (layout/record-name generation name)
        {:keys [kind documentation]} (layout/description generation name)]
    {:doc (str kind " " name "\n" (record/fields-text generation name)
               (when documentation (str "\n" documentation)))
     :arglists '([] [fields])}))

(defn- item-metadata [generation kind name]
  {:doc (:documentation (interface/one generation kind name))})

(defn metadata
  "The :doc and :arglists of a member, on demand; of nothing where there are none."
  [^Library library kind name]
  (delay
    (let [generation (library/current library)]
      (try
        (case kind
          "function" (function-metadata generation name)
          ("record" "typedef") (record-metadata generation name)
          (item-metadata generation kind name))
        (catch clojure.lang.ExceptionInfo _ {})))))

(defn document!
  "Gives a var the documentation of a function, on demand."
  [^clojure.lang.Var var library name]
  (let [own (meta var)
        found (metadata library "function" name)]
    (.resetMeta var (LazyMetadata. own (delay (apply dissoc @found (keys own)))))
    var))

;; ---- Vars -------------------------------------------------------------------------------------------

(defn- var-name
  "The name of a var for a member inside `scope`, a C++ namespace or nil; nil where no symbol can be written
  so, as of operators."
  [scope ^String name]
  (let [prefix (if scope (str scope "::") "")]
    (when (.startsWith name prefix)
      (let [inner (string/replace (subs name (count prefix)) "::" ".")]
        (when (re-matches #"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*" inner)
          inner)))))

(defn- member [library kind name]
  (case kind
    "function" (library/function library name)
    "variable" (library/variable library name)
    ("record" "typedef") (object/constructor library name)
    (library/member library name)))

(def ^:private kinds
  "In which order kinds are interned: of several members with one name, the last stays."
  ["typedef" "record" "enumerator" "constant" "variable" "function"])

(defn- intern-members [^Library library space {:keys [namespace only rename]}]
  (let [^Generation generation (library/current library)
        wanted (when only (set (map library/c-name only)))
        rename (or rename identity)]
    (doseq [kind kinds
            name (interface/names generation kind)
            :let [var-name (var-name namespace name)]
            :when (and var-name
                       (or (nil? wanted) (wanted name))
                       (or (not= "typedef" kind) (layout/record-typedef? generation name)))]
      (let [symbol (symbol (rename var-name))
            ^clojure.lang.Var var (intern space symbol (member library kind name))]
        (.resetMeta var (LazyMetadata. {:name symbol :ns space :nlib/name name}
                                       (metadata library kind name)))))))

(defn- space-name [^Library library namespace]
  (let [plain (string/replace (.name (library/current library)) #"[^A-Za-z0-9_-]" "_")
        inner (when namespace (string/split namespace #"::"))]
    (symbol (string/join "." (concat ["nlib" "lib" plain] inner)))))

(defn import!
  "Interns the members of a library; again after each reload. Gives the namespace."
  [^Library library {:keys [as into namespace] :as options}]
  (doseq [option (keys options)]
    (when-not (#{:as :into :namespace :only :rename} option)
      (fail :argument (str "import-library! has no option " (pr-str option)
                           ". It has :as, :into, :namespace, :only and :rename."))))
  (let [name (or into (space-name library namespace))
        space (if (find-ns name)
                (find-ns name)
                (doto (create-ns name)
                  (alter-meta! assoc :doc (str "The library " (.name (library/current library)) ", loaded by nlib."))))
        work #(intern-members library space options)]
    (work)
    (.onReload library work)
    (when as
      (when-let [before (get (ns-aliases *ns*) as)]
        (when-not (= before space) (ns-unalias *ns* as)))
      (alias as name))
    space))
