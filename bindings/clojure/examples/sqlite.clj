;; SQLite: a table in memory, rows, a query.
;;
;;     clojure -cp /usr/share/java/jna.jar:src examples/sqlite.clj

(ns examples.sqlite
  (:require [nlib.core :as n]))

(def sqlite (n/load-native-library "sqlite3"))
(n/import-library! sqlite :as 'sqlite :rename #(n/kebab-case (clojure.string/replace % #"^sqlite3_" "")))

(defn check
  "Throws SQLite's own words unless `status` is the one expected."
  [database status expected]
  (when-not (= expected status)
    (throw (ex-info (str "sqlite: " (sqlite/errmsg database)) {:status status})))
  status)

(def database
  (let [cell (atom nil)]
    (check nil (sqlite/open ":memory:" cell) sqlite/SQLITE_OK)
    @cell))

(defn prepare [sql]
  (let [cell (atom nil)]
    (check database (sqlite/prepare-v2 database sql -1 cell nil) sqlite/SQLITE_OK)
    @cell))

(check database
       (sqlite/exec database "CREATE TABLE moon (planet TEXT, name TEXT, radius_km INTEGER)" nil nil nil)
       sqlite/SQLITE_OK)

(def moons
  [["Earth" "Moon" 1737] ["Mars" "Phobos" 11] ["Mars" "Deimos" 6] ["Jupiter" "Io" 1822]
   ["Jupiter" "Europa" 1561] ["Jupiter" "Ganymede" 2634] ["Jupiter" "Callisto" 2410] ["Saturn" "Titan" 2575]])

(let [insert (prepare "INSERT INTO moon VALUES (?, ?, ?)")]
  (doseq [[planet name radius] moons]
    ;; SQLITE_TRANSIENT: SQLite copies the text, which ends with the call.
    (sqlite/bind-text insert 1 planet -1 sqlite/SQLITE_TRANSIENT)
    (sqlite/bind-text insert 2 name -1 sqlite/SQLITE_TRANSIENT)
    (sqlite/bind-int insert 3 radius)
    (check database (sqlite/step insert) sqlite/SQLITE_DONE)
    (sqlite/reset insert))
  (sqlite/finalize insert))

(let [query (prepare "SELECT planet, count(*), avg(radius_km) FROM moon GROUP BY planet ORDER BY count(*) DESC, planet")]
  (while (= sqlite/SQLITE_ROW (sqlite/step query))
    (println (format "%-7s %d moons, %.1f km"
                     (n/text (sqlite/column-text query 0))
                     (sqlite/column-int query 1)
                     (sqlite/column-double query 2))))
  (sqlite/finalize query))

;; A query may also give its rows to a function of Clojure's.
(sqlite/exec database "SELECT name, radius_km FROM moon WHERE radius_km > 2500 ORDER BY name"
             (fn [_data columns values names]
               (println "large:" (mapv #(nth values %) (range columns)))
               0)
             nil nil)

(check database (sqlite/close database) sqlite/SQLITE_OK)
